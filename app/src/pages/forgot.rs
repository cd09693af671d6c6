//! Who can help when a password is forgotten.

use leptos::prelude::*;

use crate::{
    components::{icon::Icon, notice::Note},
    page::Page,
    pages::frame::PageHeading,
    texts::{Speech, say},
};

/// The page.
#[component]
pub fn Forgot() -> impl IntoView {
    let speech = Speech::here();
    view! {
        <PageHeading text=Signal::derive(move || speech.texts().forgot.title.to_owned()) />
        <p>{say(|t| t.forgot.about)}</p>
        <ul class="helpers">
            <li>{Icon::Person.show()}<span>{say(|t| t.forgot.owner)}</span></li>
            <li>{Icon::People.show()}<span>{say(|t| t.forgot.manager)}</span></li>
            <li>{Icon::Computer.show()}<span>{say(|t| t.forgot.administrator)}</span></li>
        </ul>
        <Note text=|t| t.forgot.locked />
        <p class="aside"><a href=Page::Home.path()>{say(|t| t.forgot.back)}</a></p>
    }
}
