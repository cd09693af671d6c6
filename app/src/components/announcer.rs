//! Says every result that matters aloud. Its regions stand on the page before anything happens, for a region that
//! comes together with its text is not read.

use std::{cell::OnceCell, time::Duration};

use leptos::prelude::*;

use super::el::{El, el, group};
use crate::signals::State;

/// Between emptying a region and filling it, so that the same sentence is read a second time.
const PAUSE: Duration = Duration::from_millis(60);

/// What is being said.
#[derive(Clone, Copy)]
struct Said {
    status: State<String>,
    aloud: State<String>,
    alert: State<String>,
}

thread_local! {
    static SAID: OnceCell<Said> = const { OnceCell::new() };
}

/// Whoever has something to say. A page has one, so that holding it costs nothing.
#[derive(Clone, Copy)]
pub struct Announcer(());

impl Announcer {
    /// Begins to listen to whoever has something to say, for as long as the page stands.
    pub fn start() {
        SAID.with(|said| {
            said.get_or_init(|| {
                let [status, aloud, alert] = [(); 3].map(|()| State::new(String::new()));
                Said { status, aloud, alert }
            });
        });
    }

    /// The page's announcer.
    pub fn here() -> Self {
        Self(())
    }

    fn said(self) -> Said {
        SAID.with(|said| *said.get().expect("the app starts with an announcer"))
    }

    /// Has nothing more to say: what was said belongs to what stood here before.
    pub fn hush(self) {
        let Said { status, aloud, alert } = self.said();
        for region in [status, aloud, alert] {
            region.set(String::new());
        }
    }

    /// Says that something went well, to be read when there is a pause; it also shows for a while.
    pub fn status(self, sentence: String) {
        self.say(self.said().status, sentence);
    }

    /// The same of what the page shows anyway, which is not to be seen twice.
    pub fn aloud(self, sentence: String) {
        self.say(self.said().aloud, sentence);
    }

    /// Says that something went wrong, at once. It is shown where it went wrong, not here.
    pub fn alert(self, sentence: String) {
        self.say(self.said().alert, sentence);
    }

    fn say(self, region: State<String>, sentence: String) {
        self.hush();
        set_timeout(move || region.set(sentence), PAUSE);
    }
}

/// Regions that say the same within a window, which silences the page behind it.
pub fn announcements_here() -> El {
    let Said { status, alert, .. } = Announcer::here().said();
    group().child(region("unseen", "status", status)).child(region("unseen", "alert", alert))
}

/// The regions. For how long good news stays in sight says the style; its text remains for those who look it up.
pub fn announcements() -> El {
    let Said { status, aloud, alert } = Announcer::here().said();
    group()
        .child(region("toast", "status", status))
        .child(region("unseen", "status", aloud))
        .child(region("unseen", "alert", alert))
}

fn region(class: &'static str, role: &'static str, said: State<String>) -> El {
    el("div").class(class).set("role", role).child(move || said.get())
}
