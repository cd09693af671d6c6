//! An address that leads nowhere.

use leptos::prelude::*;

use crate::{
    page::Page,
    pages::frame::PageHeading,
    texts::{Speech, say},
};

/// The page.
#[component]
pub fn Unknown() -> impl IntoView {
    let speech = Speech::here();
    view! {
        <PageHeading text=Signal::derive(move || speech.texts().common.unknown_page.to_owned()) />
        <p class="about">{say(|t| t.common.unknown_page_about)}</p>
        <p class="aside left"><a href=Page::Home.path()>{say(|t| t.common.to_start)}</a></p>
    }
}
