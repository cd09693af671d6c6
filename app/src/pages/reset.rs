//! A new password, chosen with the link of a mail on whatever device it is read, with no step taken there.

use leptos::{prelude::untrack, task::spawn_local};
use wire::{
    fields::Password,
    recovery::{CheckResetLink, ResetChoice, ResetLink, ResetOffer, ResetPassword},
};

use crate::{
    browser::preferred_language,
    components::{
        announcer::Announcer,
        button::submit,
        el::{El, el, group},
        field::Field,
        form::{Form, form_problem},
    },
    page::Page,
    pages::{
        frame::page_title,
        link::{Link, Linked, Told, linked},
        sign_in::person_line,
    },
    session::SessionStore,
    signals::State,
    texts::{Speech, load, t},
};

/// The page.
pub fn reset() -> El {
    let session = SessionStore::here();
    let offer = State::new(None::<ResetOffer>);
    let done = State::new(false);
    let ask = move |token: String, told: Told| {
        session.call::<CheckResetLink>(&ResetLink { token }, move |reply| {
            told(reply.map(|offered| {
                speak(&offered);
                offer.try_set(Some(offered));
            }));
        });
    };
    let content = move |link: Link| {
        group().child(move || match (done.get(), offer.get_untracked()) {
            (false, Some(offer)) => untrack(|| choosing(link, offer, done)),
            _ => changed(),
        })
    };
    linked(Linked {
        page: Page::Reset,
        title: t::reset::TITLE,
        incomplete: t::reset::NO_TOKEN,
        ask: Box::new(ask),
        content: Box::new(content),
    })
}

/// Speaks the person's language on a device that has none of ours.
fn speak(offer: &ResetOffer) {
    let language = offer.language;
    if preferred_language().is_none() {
        spawn_local(async move {
            if let Ok(sentences) = load(language).await {
                Speech::here().switch(sentences);
            }
        });
    }
}

fn choosing(link: Link, offer: ResetOffer, done: State<bool>) -> El {
    let speech = Speech::here();
    let announcer = Announcer::here();
    let form = Form::new(&["password"]);
    let password = State::new(String::new());
    let ResetOffer { clinic, person, length_min, .. } = offer;
    let send = move || {
        let typed = password.get_untracked();
        if let Err(problem) = typed.parse::<Password>() {
            return form.refuse(problem);
        }
        form.send::<ResetPassword>(ResetChoice { token: link.token(), password: typed }, move |reply| {
            reply?;
            link.used();
            announcer.aloud(speech.text_now(t::reset::DONE_TITLE).to_owned());
            done.set(true);
            Ok(())
        });
    };
    let about = move || speech.fill(t::reset::ABOUT, &[&clinic]);
    let rule = el("p").child(move || speech.fill(t::sign_in::PASSWORD_RULE, &[&length_min.to_string()]));
    // For password managers, which ask whose password it is.
    let whose =
        el("input").set("autocomplete", "username").set("value", person.login.clone()).set("hidden", true);
    let field = Field::password("password", t::sign_in::NEW_PASSWORD, password)
        .autocomplete("new-password")
        .hint_of(rule);
    let fields = el("form")
        .set("aria-labelledby", "heading")
        .set("novalidate", true)
        .on_submit(send)
        .child(form_problem(form))
        .child(whose)
        .child(field.show(form))
        .child(submit(form, t::reset::SAVE));
    group()
        .child(page_title(t::reset::TITLE))
        .child(person_line(person))
        .child(el("p").class("about").child(about))
        .child(fields)
}

fn changed() -> El {
    let on = el("a").class("button primary").set("href", Page::Home.path()).say(t::places::TO_SIGN_IN);
    group()
        .child(page_title(t::reset::DONE_TITLE))
        .child(el("p").class("about").say(t::reset::DONE))
        .child(el("p").child(on))
}
