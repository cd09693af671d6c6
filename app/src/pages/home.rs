//! The page after the door: a greeting and the places one can go to.

use leptos::prelude::*;
use wire::sign_in::Me;

use crate::{
    components::icon::Icon,
    page::Page,
    pages::frame::PageHeading,
    texts::{Pick, Speech, say},
};

/// The page.
#[component]
pub fn Home(me: Me) -> impl IntoView {
    let speech = Speech::here();
    let hello = Signal::derive(move || (speech.texts().shell.hello)(&me.full_name));
    view! {
        <PageHeading text=hello />
        <p class="about">{say(|t| t.shell.home_about)}</p>
        <ul class="tiles">
            <Tile to=Page::Users icon=Icon::People name=|t| t.shell.users about=|t| t.shell.users_about />
            <Tile to=Page::Activities icon=Icon::List name=|t| t.shell.activities about=|t| t.shell.activities_about />
        </ul>
    }
}

#[component]
fn Tile(to: Page, icon: Icon, name: Pick, about: Pick) -> impl IntoView {
    view! {
        <li>
            <a class="tile" href=to.path()>
                {icon.show()}<span><strong>{say(name)}</strong><span>{say(about)}</span></span>
            </a>
        </li>
    }
}
