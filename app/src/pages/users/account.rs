//! An account window: who it is, whether the account is locked, and the owner's Unlock.

use leptos::prelude::*;
use wire::{
    ids::AccountId,
    users::{GetUser, UserQuery, UserWindow},
};

use super::{
    unlock::{UnlockForms, pin_entry, unlock_button},
};
use crate::{
    browser::on_return,
    components::{
        details::{detail, moment},
        el::{El, el, group},
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        status_badge::status_badge,
    },
    page::Page,
    pages::frame::{clinic_sections, page_heading},
    texts::Speech,
};

/// Lines of the skeleton: as many as the window has details.
const SKELETON_LINES: usize = 5;

/// The page.
pub fn account_window(id: AccountId) -> El {
    let window = Kept::<UserWindow>::new();
    let query = UserQuery { id: id.to_string() };
    let read = move || window.read::<GetUser>(&query);
    read();
    on_return(read.clone());
    let forms = UnlockForms::new(id, window);

    let here = Memo::new(move |_| window.part(|_| ()).is_some());
    let locked = Memo::new(move |_| window.part(|w| w.lock.is_some()) == Some(true));
    let back = el("a").set("href", Page::Users.path()).child(Icon::Back.show()).say(|t| t.account.back);
    let name = el("div")
        .child(page_heading(move || window.part(|w| w.user.full_name.clone()).unwrap_or_default()))
        .child(move || window.part(|w| status_badge(&w.user.status)));
    let content = move || {
        if here.get() {
            details(window)
        } else if window.failure().is_none() {
            skeleton(SKELETON_LINES)
        } else {
            group()
        }
    };
    group()
        .child(clinic_sections())
        .child(el("p").class("back").child(back))
        .child(el("div").class("title").child(name).child(move || locked.get().then(|| unlock_button(forms))))
        .child(window.trouble(read))
        .child(move || locked.get().then(|| group().child(pin_entry(forms)).child(lock_details(window))))
        .child(content)
}

fn details(window: Kept<UserWindow>) -> El {
    let speech = Speech::here();
    let texts = move || speech.texts();
    let or_none = move |text: Option<String>| match text {
        Some(text) if !text.is_empty() => text,
        _ => texts().common.nothing.to_owned(),
    };
    let login = el("span").class("login").child(move || window.part(|w| w.user.login.clone()));
    let last_sign_in = move || {
        let last = window.part(|w| w.last_sign_in).flatten()?;
        Some(detail(
            |t| t.account.last_sign_in,
            match last.at {
                Some(at) => group().child(moment(at)),
                None => group().say(|t| t.account.never),
            },
        ))
    };
    let list = el("dl")
        .child(detail(|t| t.users.login, login))
        .child(detail(|t| t.users.role, move || window.part(|w| (texts().role)(w.user.role))))
        .child(detail(|t| t.users.position, move || or_none(window.part(|w| w.user.position.clone()))))
        .child(detail(|t| t.account.email, move || or_none(window.part(|w| w.email.clone()))))
        .child(last_sign_in);
    el("section").class("panel").child(list)
}

fn lock_details(window: Kept<UserWindow>) -> El {
    let lock = Memo::new(move |_| window.part(|w| w.lock.clone()).flatten());
    let since = move || lock.read().as_ref().map(|lock| moment(lock.since));
    let record = move || {
        let record = lock.read().as_ref()?.record.clone()?;
        let computer = detail(|t| t.account.computer, record.computer);
        Some([computer, detail(|t| t.account.tries_since, record.tries_since.to_string())])
    };
    let title = el("h2").set("id", "lock").child(Icon::Lock.show()).say(|t| t.account.lock);
    el("section")
        .class("panel bad")
        .set("aria-labelledby", "lock")
        .child(title)
        .child(el("dl").child(detail(|t| t.account.since, since)).child(record))
        .child(el("p").say(|t| t.account.verify))
}
