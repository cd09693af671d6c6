//! Sentences that stand by themselves: trouble while reading a page, and news.

use leptos::prelude::*;

use crate::{
    api::Failure,
    components::{form::sentence, icon::Icon},
    texts::{Pick, Speech, say},
};

/// Good news.
#[component]
pub fn GoodNews(text: Pick) -> impl IntoView {
    view! { <p class="notice good">{Icon::Check.show()}<span>{say(text)}</span></p> }
}

/// Something to know.
#[component]
pub fn Note(text: Pick) -> impl IntoView {
    view! { <p class="notice">{Icon::Alert.show()}<span>{say(text)}</span></p> }
}

/// What could not be read, with a button that tries again.
#[component]
pub fn Trouble(failure: Failure, again: Callback<()>) -> impl IntoView {
    let speech = Speech::here();
    view! {
        <div class="notice bad" role="alert">
            {Icon::Alert.show()} <span>{move || sentence(speech.texts(), &failure, 0)}</span>
            <button type="button" class="button" on:click=move |_| again.run(())>
                {say(|t| t.common.try_again)}
            </button>
        </div>
    }
}

/// Grey lines where a list is about to stand.
#[component]
pub fn Skeleton(lines: usize) -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true">
            {(0..lines).map(|_| view! { <span class="bone"></span> }).collect_view()}
        </div>
        <p class="unseen">{say(|t| t.common.loading)}</p>
    }
}
