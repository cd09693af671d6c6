//! An address that leads nowhere.

use crate::{
    components::el::{El, el, group},
    page::Page,
    pages::frame::page_title,
    texts::t,
};

/// The page.
pub fn unknown() -> El {
    let start = el("a").set("href", Page::Home.path()).say(t::common::TO_START);
    group()
        .child(page_title(t::common::UNKNOWN_PAGE))
        .child(el("p").class("about").say(t::common::UNKNOWN_PAGE_ABOUT))
        .child(el("p").class("aside left").child(start))
}
