//! A page that is opened by a link from a message: its token leaves the address at once, and is asked about before anything
//! else is shown.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

use crate::{
    api::Failure,
    components::{
        el::{Child, El, el, group},
        form::sentence,
        icon::Icon,
        notice::{skeleton, trouble},
    },
    page::Page,
    pages::frame::page_title,
    signals::State,
    texts::{Speech, Text, say, t},
};

/// Lines of the skeleton: about as many as a form has fields.
const SKELETON_LINES: usize = 6;

/// Hears what came of asking about a link.
pub type Told = Box<dyn FnOnce(Result<(), Failure>)>;

/// What a page of a link is made of.
pub struct Linked {
    pub page: Page,
    pub title: Text,
    /// What is said when the address had no token.
    pub incomplete: Text,
    /// Asks about a token.
    pub ask: Box<dyn Fn(String, Told) + Send + Sync>,
    /// The page of a good link.
    pub content: Box<dyn Fn(Link) -> El + Send>,
}

/// How far it has come.
#[derive(Clone)]
enum Stage {
    /// The address had no token.
    Incomplete,
    Asking,
    /// The link opens nothing.
    Refused(Failure),
    Good,
}

/// A link. Copies of it are the same link.
#[derive(Clone, Copy)]
pub struct Link {
    token: State<String>,
    used: State<bool>,
}

impl Link {
    /// The token of this moment.
    pub fn token(self) -> String {
        self.token.get_untracked()
    }

    /// Has done what it was for: what it left behind stays, whatever comes into the address bar.
    pub fn used(self) {
        self.used.set(true);
    }
}

/// The page.
pub fn linked(of: Linked) -> El {
    let Linked { page, title, incomplete, ask, content } = of;
    let path = page.path();
    let link = Link { token: State::new(take_token(&path)), used: State::new(false) };
    let stage = State::new(Stage::Incomplete);
    let ask = StoredValue::new(ask);
    let check = move || {
        stage.set(Stage::Asking);
        let told = move |reply: Result<(), Failure>| {
            // The page may be gone by now; then there is nothing left to tell.
            stage.try_set(reply.map_or_else(Stage::Refused, |()| Stage::Good));
        };
        ask.with_value(|ask| ask(link.token(), Box::new(told)));
    };
    if !link.token().is_empty() {
        check();
    }
    // A link that is put into the address bar of this very page changes the part behind the # alone, and loads nothing.
    let pasted = window_event_listener(ev::hashchange, move |_| {
        if !link.used.get_untracked() {
            let fresh = take_token(&path);
            if !fresh.is_empty() {
                link.token.set(fresh);
                check();
            }
        }
    });
    on_cleanup(move || pasted.remove());
    let before = move |content: El| group().child(page_title(title)).child(content);
    let speech = Speech::here();
    group().child(move || match stage.get() {
        Stage::Incomplete => before(dead_end(say(incomplete))),
        Stage::Asking => before(skeleton(SKELETON_LINES)),
        Stage::Refused(Failure::Offline) => before(trouble(Failure::Offline, check)),
        Stage::Refused(failure) => before(dead_end(move || sentence(speech.sentences(), &failure, 0))),
        Stage::Good => untrack(|| content(link)),
    })
}

/// The token of the link, which leaves the address bar and the history at once.
fn take_token(path: &str) -> String {
    let token = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    if let (false, Ok(history)) = (token.is_empty(), window().history()) {
        history.replace_state_with_url(&JsValue::NULL, "", Some(path)).ok();
    }
    token
}

fn dead_end(words: impl Child) -> El {
    let notice = el("p").class("notice warn").set("role", "alert").child(Icon::Alert.show());
    let back = el("a").set("href", Page::Home.path()).say(t::places::TO_SIGN_IN);
    group().child(notice.child(el("span").child(words))).child(el("p").class("aside").child(back))
}
