//! Sentences that stand by themselves: trouble while reading a page, and news.

use crate::{
    api::Failure,
    components::{
        el::{El, el, group},
        form::sentence,
        icon::Icon,
    },
    texts::{Speech, Text, t},
};

/// Good news.
pub fn good_news(text: Text) -> El {
    el("p").class("notice good").child(Icon::Check.show()).child(el("span").say(text))
}

/// Something to know.
pub fn note(text: Text) -> El {
    el("p").class("notice").child(Icon::Alert.show()).child(el("span").say(text))
}

/// What could not be read, with a button that tries again.
pub fn trouble(failure: Failure, again: impl Fn() + 'static) -> El {
    let speech = Speech::here();
    let words = move || sentence(speech.sentences(), &failure, 0);
    let button = el("button").set("type", "button").class("button").on_press(again);
    el("div")
        .class("notice bad")
        .set("role", "alert")
        .child(Icon::Alert.show())
        .child(el("span").child(words))
        .child(button.say(t::common::TRY_AGAIN))
}

/// That something is on its way without which there is no page.
pub fn waiting() -> El {
    el("p")
        .class("waiting")
        .set("role", "status")
        .child(el("span").class("spinner").set("aria-hidden", "true"))
        .say(t::common::LOADING)
}

/// Grey lines where a list is about to stand.
pub fn skeleton(lines: usize) -> El {
    let bones = (0..lines).map(|_| el("span").class("bone")).collect::<Vec<_>>();
    group()
        .child(el("div").class("skeleton").set("aria-hidden", "true").child(bones))
        .child(el("p").class("unseen").say(t::common::LOADING))
}
