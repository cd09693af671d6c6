//! What stands around the pages: a doorway for those who are not signed in, a bar with the places for those who are.

use leptos::prelude::*;
use wire::{Empty, Role, rights::Module, sign_in::SignOut};

use crate::{
    api::Failure,
    browser::{focus_soon, set_title},
    components::{
        announcer::Announcer,
        el::{Child, El, el, group},
        icon::Icon,
        language_menu::language_menu,
        notice,
        own_password::own_password_window,
    },
    moment::Calendar,
    page::Page,
    session::SessionStore,
    signals::{Derived, State, derived, effect},
    texts::{Speech, Text, say, t},
};

/// The name of the product, in every language.
const WORDMARK: &str = "Wardkey";

/// A card in the middle, with the wordmark and the languages above it.
pub fn doorway(card: impl Child) -> El {
    let wordmark = el("span").class("wordmark").child(Icon::Ward.show()).child(WORDMARK);
    el("div")
        .class("doorway")
        .child(el("header").class("sill").child(wordmark).child(language_menu()))
        .child(el("main").class("card").set("id", "main").set("tabindex", "-1").child(card))
}

/// The doorway while there is nothing to do at it but to wait or to try again.
pub fn shut_doorway(sentence: El) -> El {
    doorway(group().child(el("h1").class("unseen").child(WORDMARK)).child(sentence))
}

/// The support desk: a bar with who is signed in there, and the page.
pub fn counter(
    name: impl Fn() -> String + Send + 'static,
    leave: impl Fn() + 'static,
    content: impl Child,
) -> El {
    let wordmark = el("span").class("wordmark").child(Icon::Ward.show()).child(WORDMARK);
    let doors = el("div")
        .class("doors")
        .child(door("button small quiet", Icon::Door, t::shell::SIGN_OUT).on_press(leave));
    group()
        .child(
            el("header")
                .class("bar")
                .child(wordmark)
                .child(el("p").class("who").child(el("strong").child(name)))
                .child(doors)
                .child(language_menu()),
        )
        .child(el("main").class("page").set("id", "main").set("tabindex", "-1").child(content))
}

/// The bar, the places and the page.
pub fn shell(content: impl Child) -> El {
    let session = SessionStore::here();
    let page = expect_context::<Derived<Page>>();
    let trouble = State::new(None::<Failure>);
    let leave = StoredValue::new_local(leaving(trouble));
    let leave = move || leave.with_value(|leave| leave());
    let skip = el("a").class("skip").set("href", "#main").say(t::shell::SKIP).on("click", |event| {
        event.prevent_default();
        focus_soon("main");
    });
    let places = el("nav")
        .class("places")
        .name("aria-label", t::shell::PLACES)
        .child(move || {
            let front = clinic_front(session)?;
            Some(place_link(front, t::shell::CLINIC, move || page.read().in_clinic()))
        })
        .child(place_link(Page::Activities, t::shell::MANAGEMENT, move || page.read().in_management()));
    let doors = el("div")
        .class("doors")
        .child(door("button small", Icon::Switch, t::shell::SWITCH_USER).on_press(leave))
        .child(door("button small quiet", Icon::Door, t::shell::SIGN_OUT).on_press(leave));
    group()
        .child(skip)
        .child(
            el("header")
                .class("bar")
                .child(wordmark_link())
                .child(places)
                .child(who(session))
                .child(doors)
                .child(language_menu()),
        )
        .child(
            el("main")
                .class("page")
                .set("id", "main")
                .set("tabindex", "-1")
                .child(mails_stuck(session))
                .child(move || trouble.get().map(|failure| notice::trouble(failure, leave)))
                .child(content),
        )
        .child(own_password_window())
}

fn wordmark_link() -> El {
    el("a").class("wordmark").set("href", Page::Home.path()).child(Icon::Ward.show()).child(WORDMARK)
}

/// Who it is, which leads to the own account, and where.
fn who(session: SessionStore) -> El {
    let name = move || session.me().map(|me| me.full_name);
    let here = move || session.seat().map(|seat| format!("{} · {}", seat.clinic, seat.computer));
    let own = el("a").set("href", Page::Me.path()).child(el("strong").child(name));
    el("p").class("who").child(own).child(el("span").child(here))
}

/// Where "My Clinic" leads to: the first of its pages that may be seen.
fn clinic_front(session: SessionStore) -> Option<Page> {
    [(Module::Users, Page::Users), (Module::Computers, Page::Computers), (Module::Settings, Page::Settings)]
        .into_iter()
        .find_map(|(module, page)| session.may_see(module).then_some(page))
}

/// The tabs of "My Clinic" and the sections of its tab "User Management", as far as they may be seen.
pub fn clinic_sections() -> El {
    let session = SessionStore::here();
    let page = expect_context::<Derived<Page>>();
    let link = move |module, to: Page, label: Text, now: fn(&Page) -> bool| {
        move || {
            let link = place_link(to.clone(), label, move || now(&page.read()));
            session.may_see(module).then_some(link)
        }
    };
    let management = move || {
        let front = clinic_front(session).filter(|front| *front != Page::Settings)?;
        Some(place_link(front, t::shell::USER_MANAGEMENT, move || page.read().in_user_management()))
    };
    let tabs = el("nav").class("tabs").name("aria-label", t::shell::CLINIC).child(management).child(link(
        Module::Settings,
        Page::Settings,
        t::shell::SETTINGS,
        |page| *page == Page::Settings,
    ));
    let inner = move || {
        el("nav")
            .class("tabs inner")
            .name("aria-label", t::shell::USER_MANAGEMENT)
            .child(link(Module::Users, Page::Users, t::shell::USERS, Page::in_users))
            .child(link(Module::Computers, Page::Computers, t::shell::COMPUTERS, |page| {
                *page == Page::Computers
            }))
            .child(link(Module::Computers, Page::Profiles, t::shell::PROFILES, |page| {
                *page == Page::Profiles
            }))
    };
    sections().child(tabs).child(page.read_untracked().in_user_management().then(inner))
}

/// The tabs of "Management". The mails are for owners.
pub fn management_sections() -> El {
    let session = SessionStore::here();
    let page = expect_context::<Derived<Page>>();
    let mails = move || {
        let owner = session.me().is_some_and(|me| me.role == Role::Owner);
        owner.then(|| place_link(Page::Mails, t::mails::TITLE, move || *page.read() == Page::Mails))
    };
    let log = place_link(Page::Activities, t::shell::ACTIVITIES, move || *page.read() == Page::Activities);
    let tabs = el("nav").class("tabs").name("aria-label", t::shell::MANAGEMENT).child(log).child(mails);
    sections().child(tabs)
}

/// Says to owners that no mail has left for a while: whoever waits for a PIN should know.
fn mails_stuck(session: SessionStore) -> El {
    let speech = Speech::here();
    let since = derived(move || session.me().and_then(|me| me.mails_stuck_since));
    let banner = move || {
        let since = since.get()?;
        let since = Calendar::new(speech.language(), &session.time_zone()).write(since);
        let words = speech.fill(t::mails::STUCK, &[&since]);
        Some(el("p").class("notice warn").child(Icon::Alert.show()).child(el("span").child(words)))
    };
    el("div").set("role", "status").child(banner)
}

fn door(class: &'static str, icon: Icon, name: Text) -> El {
    el("button").set("type", "button").class(class).child(icon.show()).child(el("span").say(name))
}

/// Ends the session. Where that fails, the person is still signed in: it stays in sight until it has worked.
fn leaving(trouble: State<Option<Failure>>) -> impl Fn() {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    move || {
        session.call::<SignOut>(&Empty {}, move |reply| match reply {
            Ok(state) => {
                session.enter(state);
                announcer.status(speech.text_now(t::shell::SIGNED_OUT).to_owned());
            }
            Err(failure) => trouble.set(Some(failure)),
        });
    }
}

/// A link to a place; the one where one is says so.
pub fn place_link(to: Page, label: Text, now: impl Fn() -> bool + Send + 'static) -> El {
    el("a").set("href", to.path()).set("aria-current", move || now().then_some("page")).say(label)
}

/// The sections of a place, above its page.
pub fn sections() -> El {
    el("div").class("sections")
}

/// The heading of a page, which is the title of the tab as well. The focus comes here when the page is opened.
pub fn page_heading(text: impl Fn() -> String + Send + Sync + 'static) -> El {
    heading(derived(text))
}

/// The same for a sentence.
pub fn page_title(text: Text) -> El {
    let text = say(text);
    page_heading(move || text().to_owned())
}

fn heading(text: Derived<String>) -> El {
    effect(move || {
        let text = text.get();
        if !text.is_empty() {
            set_title(&text);
        }
    });
    focus_soon("heading");
    el("h1").set("id", "heading").set("tabindex", "-1").child(move || text.get())
}
