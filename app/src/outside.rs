//! The pages outside a clinic's three steps: those that a link opens, on whatever device it is read, the one that asks for
//! such a link, the one that verifies an exported log, and the support desk.

use leptos::prelude::window;

use crate::{
    app::{mount, open},
    browser::{preferred_language, set_language, show_unreachable},
    components::{
        announcer::{Announcer, announcements},
        el::{El, group},
    },
    connection,
    desk::support_desk,
    idle,
    page::Page,
    pages::{
        forgot::forgot, frame::doorway, reset::reset, setup::setup, sign_in::step::Step,
        verify_log::verify_log,
    },
    session::{Session, SessionStore},
    signals::effect,
    texts::{Speech, load},
};

/// Starts the page of the address once there are sentences to say it in.
pub fn start() {
    wasm_bindgen_futures::spawn_local(async {
        let page = Page::at(&window().location().pathname().unwrap_or_default());
        let (first, sentences) = match page {
            // Who has forgotten a password sits at a clinic's computer.
            Page::Forgot => open().await,
            _ => (
                Session::Out(Step::Computer { lost: false }),
                load(preferred_language().unwrap_or_default()).await,
            ),
        };
        let Ok(sentences) = sentences else { return show_unreachable() };
        mount(move || {
            let speech = Speech::new(sentences);
            SessionStore::new(first);
            Announcer::start();
            effect(move || set_language(speech.language()));
            group()
                .child(announcements())
                .child(connection::watch(SessionStore::here()))
                .child(idle::watch())
                .child(draw(page))
        });
    });
}

fn draw(page: Page) -> El {
    match page {
        Page::Forgot => doorway(forgot()),
        Page::Reset => doorway(reset()),
        Page::Setup => doorway(setup()),
        Page::VerifyLog => doorway(verify_log()),
        // At its own address: the others are pages of the other program.
        _ => support_desk(),
    }
}
