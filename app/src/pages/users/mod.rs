//! My Clinic → User Management → Users.

mod account;
mod actions;
mod add;
mod edit;
mod import;
mod list;
mod names;
mod order;
mod people_file;
mod person;
mod support;
mod unlock;

pub use account::account_window;
pub use add::add_user;
pub use import::import_users;
pub use list::user_list;

use crate::{
    components::{
        el::{El, el},
        icon::Icon,
    },
    page::Page,
    texts::t,
};

/// The way back to the list.
fn back() -> El {
    let link = el("a").set("href", Page::Users.path()).child(Icon::Back.show()).say(t::account::BACK);
    el("p").class("back").child(link)
}
