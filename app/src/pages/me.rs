//! One's own account: what the clinic has on file, password, language of mails, sessions and recent activity.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wire::{
    Empty, Language, Problem,
    fields::Password,
    me::{
        ChangeLanguage, ChangePassword, GetMe, LanguageChange, MyAccount, MySession, PasswordChange,
        SignOutEverywhere,
    },
    sign_in::Me,
};

use crate::{
    browser::on_return,
    components::{
        announcer::Announcer,
        button::submit,
        details::{detail, moment},
        dialog::{Ask, ask},
        el::{El, Line, el, group, lines},
        field::{Field, choice, option},
        form::{Form, form_problem},
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        panel::panel,
        table::{cell, table},
    },
    page::Page,
    pages::{activities::recent, frame::page_title},
    session::SessionStore,
    signals::{State, derived, effect},
    texts::{Speech, Text, own_name, role_name, t},
};

/// Lines of the skeleton: as many as there are details.
const SKELETON_LINES: usize = 4;

/// The page.
pub fn own_account(me: &Me) -> El {
    let mine = Kept::<MyAccount>::new();
    let read = move || mine.read::<GetMe>(&Empty {});
    read();
    on_return(read);
    let there = derived(move || mine.part(|_| ()).is_some());
    let login = me.login.clone();
    let content = move || {
        if there.get() {
            group()
                .child(about_me(mine))
                .child(
                    el("div").class("halves").child(password_panel(mine, &login)).child(language_panel(mine)),
                )
                .child(sessions_panel(mine))
        } else if mine.failure().is_none() {
            skeleton(SKELETON_LINES)
        } else {
            group()
        }
    };
    let activity = panel("recent", Some(Icon::List), t::me::RECENT).child(recent(&me.account));
    group().child(page_title(t::shell::ME)).child(mine.trouble(read)).child(content).child(activity)
}

fn about_me(mine: Kept<MyAccount>) -> El {
    let session = SessionStore::here();
    let speech = Speech::here();
    let role = move || session.me().map(|me| speech.text(role_name(me.role)));
    let or_none = move |part: fn(&MyAccount) -> String| {
        move || {
            mine.part(part)
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| speech.text(t::common::NOTHING).to_owned())
        }
    };
    let details = el("dl")
        .child(detail(t::users::NAME, or_none(|mine| mine.full_name.clone())))
        .child(detail(t::users::LOGIN, el("span").class("login").child(or_none(|mine| mine.login.clone()))))
        .child(detail(t::users::ROLE, role))
        .child(detail(t::users::POSITION, or_none(|mine| mine.position.clone())))
        .child(detail(t::account::EMAIL, or_none(|mine| mine.email.clone())));
    panel("about-me", Some(Icon::Person), t::me::ABOUT_ME)
        .child(details)
        .child(el("p").class("hint").say(t::me::WRONG_DATA))
}

fn password_panel(mine: Kept<MyAccount>, login: &str) -> El {
    let speech = Speech::here();
    let announcer = Announcer::here();
    let form = Form::new(&["current", "password"]);
    let current = State::new(String::new());
    let password = State::new(String::new());
    let send = move || {
        let typed = PasswordChange { current: current.get_untracked(), password: password.get_untracked() };
        if let Err(problem) = typed.current.parse::<Password>() {
            return form.refuse(Problem { field: Some("current".to_owned()), ..problem });
        }
        if let Err(problem) = typed.password.parse::<Password>() {
            return form.refuse(problem);
        }
        form.send::<ChangePassword>(typed, move |reply| {
            mine.put(reply?);
            current.set(String::new());
            password.set(String::new());
            announcer.status(speech.text_now(t::me::PASSWORD_CHANGED).to_owned());
            Ok(())
        });
    };
    let least = move || mine.part(|mine| mine.password_length_min).unwrap_or_default();
    let rule = el("p").child(move || speech.fill(t::sign_in::PASSWORD_RULE, &[&least().to_string()]));
    // For password managers, which ask whose password it is.
    let whose =
        el("input").set("autocomplete", "username").set("value", login.to_owned()).set("hidden", true);
    let fields = el("form")
        .set("novalidate", true)
        .set("aria-labelledby", "own-password")
        .on_submit(send)
        .child(whose)
        .child(form_problem(form))
        .child(
            Field::password("current", t::me::CURRENT, current).autocomplete("current-password").show(form),
        )
        .child(
            Field::password("password", t::sign_in::NEW_PASSWORD, password)
                .autocomplete("new-password")
                .hint_of(rule)
                .show(form),
        )
        .child(submit(form, t::me::CHANGE_PASSWORD));
    panel("own-password", Some(Icon::Lock), t::me::PASSWORD).child(fields)
}

fn language_panel(mine: Kept<MyAccount>) -> El {
    let speech = Speech::here();
    let announcer = Announcer::here();
    let form = Form::new(&["language"]);
    let chosen = State::new(String::new());
    let saved = derived(move || mine.part(|mine| mine.language).unwrap_or_default());
    effect(move || chosen.set(saved.get().tag().to_owned()));
    effect(move || {
        let Some(language) = Language::from_tag(&chosen.read()) else { return };
        if language == saved.get_untracked() {
            return;
        }
        form.send::<ChangeLanguage>(LanguageChange { language }, move |reply| match reply {
            Ok(now) => {
                mine.put(now);
                announcer.status(speech.text_now(t::me::LANGUAGE_SAVED).to_owned());
                Ok(())
            }
            Err(failure) => {
                chosen.set(saved.get_untracked().tag().to_owned());
                Err(failure)
            }
        });
    });
    let options = Language::ALL
        .map(|language| option(chosen, language.tag(), own_name(language)).set("lang", language.tag()));
    panel("own-language", Some(Icon::Mail), t::me::MAILS_IN)
        .child(form_problem(form))
        .child(choice(form, "language", t::common::LANGUAGE, chosen, options.into()))
        .child(el("p").class("hint").say(t::me::MAILS_HINT))
}

fn sessions_panel(mine: Kept<MyAccount>) -> El {
    const COLUMNS: [Text; 2] = [t::activities::COMPUTER, t::me::SIGNED_IN_SINCE];
    let line = |session: MySession| {
        let key = format!("{} {} {}", session.computer, session.started_at.0, session.here);
        let draw = move || {
            let here = session.here.then(|| el("span").class("badge good").say(t::me::HERE));
            let name = el("span").child(session.computer).child(" ").child(here);
            el("tr").child(cell(COLUMNS[0], name)).child(cell(COLUMNS[1], moment(session.started_at)))
        };
        Line { key, draw: Box::new(draw) }
    };
    let each =
        move || mine.part(|mine| mine.sessions.clone()).unwrap_or_default().into_iter().map(line).collect();
    panel("sessions", Some(Icon::Computer), t::me::SESSIONS)
        .child(table("cards", &COLUMNS, lines(each)))
        .child(sign_out_everywhere(mine))
}

fn sign_out_everywhere(mine: Kept<MyAccount>) -> El {
    let session = SessionStore::here();
    let speech = Speech::here();
    let announcer = Announcer::here();
    let navigate = StoredValue::new_local(use_navigate());
    let open = State::new(false);
    let form = Form::new(&[]);
    let leave = move || {
        form.send::<SignOutEverywhere>(Empty {}, move |reply| {
            session.enter(reply?);
            navigate.with_value(|navigate| navigate(&Page::Home.path(), Default::default()));
            announcer.status(speech.text_now(t::me::SIGNED_OUT).to_owned());
            Ok(())
        });
    };
    let computers = move || mine.part(|mine| count_computers(&mine.sessions)).unwrap_or(1);
    let words = move || speech.fill(t::me::EVERYWHERE_WORDS, &[&computers().to_string()]);
    let question =
        Ask { id: "everywhere", title: t::me::EVERYWHERE_TITLE, yes: t::me::EVERYWHERE, form, open };
    let button = el("button").set("type", "button").class("button").on_press(move || open.set(true));
    group()
        .child(el("p").child(button.child(Icon::Door.show()).child(el("span").say(t::me::EVERYWHERE))))
        .child(ask(question, words, leave))
}

/// Two windows of one computer are one.
fn count_computers(sessions: &[MySession]) -> u32 {
    let first = |(place, session): &(usize, &MySession)| {
        sessions.iter().take(*place).all(|earlier| earlier.computer != session.computer)
    };
    u32::try_from(sessions.iter().enumerate().filter(first).count()).unwrap_or(u32::MAX)
}
