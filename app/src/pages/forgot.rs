//! Who can help when a password is forgotten.

use crate::{
    components::{
        el::{El, el, group},
        icon::Icon,
        notice::note,
    },
    page::Page,
    pages::frame::page_title,
    texts::Pick,
};

/// The page.
pub fn forgot() -> El {
    let helpers = el("ul")
        .class("helpers")
        .child(helper(Icon::Person, |t| t.forgot.owner))
        .child(helper(Icon::People, |t| t.forgot.manager))
        .child(helper(Icon::Computer, |t| t.forgot.administrator));
    let back = el("a").set("href", Page::Home.path()).say(|t| t.forgot.back);
    group()
        .child(page_title(|t| t.forgot.title))
        .child(el("p").say(|t| t.forgot.about))
        .child(helpers)
        .child(note(|t| t.forgot.locked))
        .child(el("p").class("aside").child(back))
}

fn helper(icon: Icon, about: Pick) -> El {
    el("li").child(icon.show()).child(el("span").say(about))
}
