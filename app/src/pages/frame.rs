//! What stands around the pages: a doorway for those who are not signed in, a bar with the places for those who are.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wire::{
    Empty,
    sign_in::{Me, Seat, SignOut},
};

use crate::{
    api::Failure,
    browser::{focus_soon, set_title},
    components::{announcer::Announcer, icon::Icon, language_menu::LanguageMenu, notice::Trouble},
    page::Page,
    session::SessionStore,
    texts::{Pick, Speech, say},
};

/// The name of the product, in every language.
const WORDMARK: &str = "Wardkey";

/// A card in the middle, with the wordmark and the languages above it.
#[component]
pub fn Doorway(children: Children) -> impl IntoView {
    view! {
        <div class="doorway">
            <header class="sill">
                <span class="wordmark">{Icon::Ward.show()}{WORDMARK}</span>
                <LanguageMenu />
            </header>
            <main class="card" id="main" tabindex="-1">
                {children()}
            </main>
        </div>
    }
}

/// The bar, the places and the page.
#[component]
pub fn Shell(seat: Seat, me: Me, page: Memo<Page>, children: Children) -> impl IntoView {
    let here = format!("{} · {}", seat.clinic, seat.computer);
    let trouble = RwSignal::new(None::<Failure>);
    let leave = StoredValue::new_local(leaving(trouble));
    let leave = move || leave.with_value(|leave| leave());
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        focus_soon("main");
    };
    view! {
        <a class="skip" href="#main" on:click=skip>{say(|t| t.shell.skip)}</a>
        <header class="bar">
            <a class="wordmark" href=Page::Home.path()>{Icon::Ward.show()}{WORDMARK}</a>
            <nav class="places" aria-label=say(|t| t.shell.places)>
                <PlaceLink to=Page::Users label=|t| t.shell.clinic now=move || page.read().in_clinic() />
                <PlaceLink to=Page::Activities label=|t| t.shell.management now=move || page.read().in_management() />
            </nav>
            <p class="who">
                <strong>{me.full_name}</strong><span>{here}</span>
            </p>
            <div class="doors">
                <button type="button" class="button small" on:click=move |_| leave()>
                    {Icon::Switch.show()}<span>{say(|t| t.shell.switch_user)}</span>
                </button>
                <button type="button" class="button small quiet" on:click=move |_| leave()>
                    {Icon::Door.show()}<span>{say(|t| t.shell.sign_out)}</span>
                </button>
            </div>
            <LanguageMenu />
        </header>
        <main class="page" id="main" tabindex="-1">
            {move || trouble.get().map(|failure| view! { <Trouble failure again=Callback::new(move |()| leave()) /> })}
            {children()}
        </main>
    }
}

/// Ends the session. Whoever comes next starts at the front, not where the last one was.
///
/// Where that fails, the person is still signed in: it stays in sight until it has worked.
fn leaving(trouble: RwSignal<Option<Failure>>) -> impl Fn() {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let navigate = use_navigate();
    move || {
        let navigate = navigate.clone();
        session.call::<SignOut>(&Empty {}, move |reply| match reply {
            Ok(state) => {
                session.enter(state);
                navigate(&Page::Home.path(), Default::default());
                announcer.status(speech.texts_now().shell.signed_out.to_owned());
            }
            Err(failure) => trouble.set(Some(failure)),
        });
    }
}

/// A link to a place; the one where one is says so.
#[component]
pub fn PlaceLink(
    to: Page,
    label: Pick,
    now: impl Fn() -> bool + Copy + Send + Sync + 'static,
) -> impl IntoView {
    view! { <a href=to.path() aria-current=move || now().then_some("page")>{say(label)}</a> }
}

/// The sections of a place, above its page.
#[component]
pub fn Sections(children: Children) -> impl IntoView {
    view! { <div class="sections">{children()}</div> }
}

/// The heading of a page, which is the title of the tab as well. The focus comes here when the page is opened.
#[component]
pub fn PageHeading(#[prop(into)] text: Signal<String>) -> impl IntoView {
    Effect::new(move || {
        let text = text.get();
        if !text.is_empty() {
            set_title(&text);
        }
    });
    focus_soon("heading");
    view! { <h1 id="heading" tabindex="-1">{move || text.get()}</h1> }
}
