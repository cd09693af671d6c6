//! Mounts the app and decides which screen stands at an address.

use leptos::{mount::mount_to, prelude::*};
use leptos_router::{
    components::Router,
    hooks::use_location,
    location::{BrowserUrl, LocationProvider},
};
use wasm_bindgen::JsCast;
use wire::sign_in::Me;

use crate::{
    api::Failure,
    browser::{on_other_tab, on_return, preferred_language, set_language},
    components::{
        announcer::{Announcements, Announcer},
        notice::Trouble,
    },
    page::Page,
    pages::{
        activities::ActivitiesLog,
        forgot::Forgot,
        frame::{Doorway, Shell},
        home::Home,
        sign_in::Wizard,
        unknown::Unknown,
        users::{AccountWindow, UserListPage},
    },
    session::{Session, SessionStore},
    texts::Speech,
};

/// Starts the app once the Worker has said where this browser stands; until then the form's shape of the first HTML
/// stays, so that nothing jumps.
pub fn start() {
    // Nothing of the reactive system runs before it is mounted, its executor included.
    wasm_bindgen_futures::spawn_local(async {
        let first = SessionStore::open().await;
        let Some(place) = document().get_element_by_id("app") else { return };
        let Ok(place) = place.dyn_into::<web_sys::HtmlElement>() else { return };
        place.set_inner_html("");
        place.remove_attribute("aria-busy").ok();
        mount_to(place, move || view! { <App first /> }).forget();
    });
}

#[component]
fn App(first: Session) -> impl IntoView {
    let clinics = first.seat().map(|seat| seat.language);
    let speech = Speech::new(preferred_language().or(clinics).unwrap_or_default());
    let session = SessionStore::new(first);
    provide_context(speech);
    provide_context(session);
    provide_context(Announcer::new());
    Effect::new(move || set_language(speech.language()));
    on_return(move || session.refresh());
    on_other_tab(move || session.refresh());
    view! {
        <Announcements />
        <Router>
            <Screen />
        </Router>
    }
}

#[component]
fn Screen() -> impl IntoView {
    let session = SessionStore::here();
    let path = use_location().pathname;
    let page = Memo::new(move |_| Page::at(&path.read()));
    let router = use_context::<BrowserUrl>();
    // The address bar follows once the page of the address stands.
    Effect::new(move || {
        path.track();
        if let Some(router) = &router {
            router.ready_to_complete();
        }
    });
    move || match session.get() {
        Session::Unreachable(failure) => view! { <Unreachable failure /> }.into_any(),
        Session::Out(step) => view! { <Outside step page /> }.into_any(),
        Session::In { seat, me } => {
            let who = me.clone();
            view! {
                <Shell seat me page>
                    {move || inside(page.get(), who.clone())}
                </Shell>
            }
            .into_any()
        }
    }
}

/// Whoever is not signed in finds the wizard at every address but one.
#[component]
fn Outside(step: crate::pages::sign_in::step::Step, page: Memo<Page>) -> impl IntoView {
    let forgot = Memo::new(move |_| *page.read() == Page::Forgot);
    move || {
        if forgot.get() {
            view! { <Doorway><Forgot /></Doorway> }.into_any()
        } else {
            view! { <Wizard step=step.clone() /> }.into_any()
        }
    }
}

fn inside(page: Page, me: Me) -> AnyView {
    match page {
        Page::Home => view! { <Home me /> }.into_any(),
        Page::Users => view! { <UserListPage /> }.into_any(),
        Page::Account(id) => view! { <AccountWindow id /> }.into_any(),
        Page::Activities => view! { <ActivitiesLog me /> }.into_any(),
        Page::Forgot => view! { <Forgot /> }.into_any(),
        Page::Unknown => view! { <Unknown /> }.into_any(),
    }
}

#[component]
fn Unreachable(failure: Failure) -> impl IntoView {
    let session = SessionStore::here();
    let again = Callback::new(move |()| session.refresh());
    view! { <Doorway><Trouble failure again /></Doorway> }
}
