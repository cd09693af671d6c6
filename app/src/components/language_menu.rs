//! The language menu: every language by its own name, remembered on this computer.

use leptos::prelude::*;
use wire::Language;

use crate::{
    browser::remember_language,
    texts::{Speech, own_name, say},
};

/// The menu.
#[component]
pub fn LanguageMenu() -> impl IntoView {
    let speech = Speech::here();
    let choose = move |tag: String| {
        if let Some(language) = Language::from_tag(&tag) {
            remember_language(language);
            speech.switch(language);
        }
    };
    view! {
        <select
            class="language"
            aria-label=say(|t| t.common.language)
            prop:value=move || speech.language().tag()
            on:change:target=move |event| choose(event.target().value())
        >
            {Language::ALL
                .map(|language| {
                    view! {
                        <option
                            value=language.tag()
                            lang=language.tag()
                            selected=move || speech.language() == language
                        >
                            {own_name(language)}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
}
