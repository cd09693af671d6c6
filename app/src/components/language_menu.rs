//! The language menu: every language by its own name, remembered on this computer.

use leptos::task::spawn_local;

use crate::{
    api::Missing,
    browser::{reload, remember_language},
    components::{
        announcer::Announcer,
        el::{El, el},
    },
    texts::{Speech, Tongue, load, t},
};

/// The menu. While the sentences of the chosen language are on their way, it shows that.
pub fn language_menu() -> El {
    let speech = Speech::here();
    let announcer = Announcer::here();
    let awaited = speech.awaited();
    let choose = move |language: Tongue| {
        awaited.set(Some(language));
        spawn_local(async move {
            let loaded = load(language).await;
            // Another one may have been chosen meanwhile.
            if awaited.get_untracked() != Some(language) {
                return;
            }
            match loaded {
                Ok(sentences) => {
                    remember_language(language);
                    speech.switch(sentences);
                }
                Err(Missing::Outdated) => {
                    remember_language(language);
                    reload();
                }
                Err(Missing::Offline) => announcer.status(speech.text_now(t::common::OFFLINE).to_owned()),
            }
            awaited.set(None);
        });
    };
    let shown = move || awaited.get().unwrap_or_else(|| speech.language());
    let option = move |language: Tongue| {
        el("option")
            .set("value", language.tag())
            .set("lang", language.tag())
            .set("selected", move || shown() == language)
            .child(language.name())
    };
    el("select")
        .class("language")
        .name("aria-label", t::common::LANGUAGE)
        .set("aria-busy", move || awaited.read().is_some().to_string())
        .value(move || shown().tag().to_owned())
        .on_change(move |tag| {
            if let Some(language) = Tongue::from_tag(&tag) {
                choose(language);
            }
        })
        .child(Tongue::all().map(option).collect::<Vec<_>>())
}
