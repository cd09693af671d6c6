//! My Clinic → User Management → Users.

mod account;
mod list;
mod unlock;

pub use account::account_window;
pub use list::user_list;

use crate::{
    components::el::{El, el},
    page::Page,
    pages::frame::{place_link, sections},
};

/// The tabs of "My Clinic" and the sections of the tab.
fn clinic_sections(on_list: bool) -> El {
    let tabs = el("nav").class("tabs").name("aria-label", |t| t.shell.clinic).child(place_link(
        Page::Users,
        |t| t.shell.user_management,
        || true,
    ));
    let inner = el("nav")
        .class("tabs inner")
        .name("aria-label", |t| t.shell.user_management)
        .child(place_link(Page::Users, |t| t.shell.users, move || on_list));
    sections().child(tabs).child(inner)
}
