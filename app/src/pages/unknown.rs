//! An address that leads nowhere.

use crate::{
    components::el::{El, el, group},
    page::Page,
    pages::frame::page_title,
};

/// The page.
pub fn unknown() -> El {
    let start = el("a").set("href", Page::Home.path()).say(|t| t.common.to_start);
    group()
        .child(page_title(|t| t.common.unknown_page))
        .child(el("p").class("about").say(|t| t.common.unknown_page_about))
        .child(el("p").class("aside left").child(start))
}
