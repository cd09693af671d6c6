//! Who can help when a password is forgotten.

use crate::{
    components::{
        el::{El, el, group},
        icon::Icon,
        notice::note,
    },
    page::Page,
    pages::frame::page_title,
    texts::{Text, t},
};

/// The page.
pub fn forgot() -> El {
    let helpers = el("ul")
        .class("helpers")
        .child(helper(Icon::Person, t::forgot::OWNER))
        .child(helper(Icon::People, t::forgot::MANAGER))
        .child(helper(Icon::Computer, t::forgot::ADMINISTRATOR));
    let back = el("a").set("href", Page::Home.path()).say(t::forgot::BACK);
    group()
        .child(page_title(t::forgot::TITLE))
        .child(el("p").say(t::forgot::ABOUT))
        .child(helpers)
        .child(note(t::forgot::LOCKED))
        .child(el("p").class("aside").child(back))
}

fn helper(icon: Icon, about: Text) -> El {
    el("li").child(icon.show()).child(el("span").say(about))
}
