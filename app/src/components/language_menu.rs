//! The language menu: every language by its own name, remembered on this computer.

use wire::Language;

use crate::{
    browser::remember_language,
    components::el::{El, el},
    texts::{Speech, own_name},
};

/// The menu.
pub fn language_menu() -> El {
    let speech = Speech::here();
    let choose = move |tag: String| {
        if let Some(language) = Language::from_tag(&tag) {
            remember_language(language);
            speech.switch(language);
        }
    };
    let option = move |language: Language| {
        el("option")
            .set("value", language.tag())
            .set("lang", language.tag())
            .set("selected", move || speech.language() == language)
            .child(own_name(language))
    };
    el("select")
        .class("language")
        .name("aria-label", |t| t.common.language)
        .value(move || speech.language().tag().to_owned())
        .on_change(choose)
        .child(Language::ALL.map(option))
}
