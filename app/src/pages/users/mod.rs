//! My Clinic → User Management → Users.

mod account;
mod list;
mod unlock;

pub use account::AccountWindow;
pub use list::UserListPage;

use leptos::prelude::*;

use crate::{
    page::Page,
    pages::frame::{PlaceLink, Sections},
    texts::say,
};

/// The tabs of "My Clinic" and the sections of the tab.
#[component]
fn ClinicSections(on_list: bool) -> impl IntoView {
    view! {
        <Sections>
            <nav class="tabs" aria-label=say(|t| t.shell.clinic)>
                <PlaceLink to=Page::Users label=|t| t.shell.user_management now=|| true />
            </nav>
            <nav class="tabs inner" aria-label=say(|t| t.shell.user_management)>
                <PlaceLink to=Page::Users label=|t| t.shell.users now=move || on_list />
            </nav>
        </Sections>
    }
}
