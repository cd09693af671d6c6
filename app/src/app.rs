//! Mounts the app and decides which screen stands at an address.

use futures_util::future::join;
use leptos::{mount::mount_to, prelude::*};
use leptos_router::{
    components::Router,
    hooks::{use_location, use_navigate},
    location::{BrowserUrl, LocationProvider},
};
use wasm_bindgen::JsCast;
use wire::{Language, sign_in::Me};

use crate::{
    api::{Failure, Missing},
    aside,
    browser::{on_other_tab, on_return, preferred_language, set_language, show_unreachable},
    components::{
        announcer::{Announcer, announcements},
        el::{El, el, group},
        notice::trouble,
    },
    connection, idle, live,
    page::Page,
    pages::{
        activities::activities,
        computers::computers,
        frame::{doorway, shell},
        home::home,
        mails::mails,
        me::own_account,
        profiles::profiles,
        settings::settings,
        sign_in::{step::Step, wizard},
        unknown::unknown,
        users::{account_window, add_user, import_users, user_list},
    },
    session::{Session, SessionStore},
    signals::{derived, effect},
    texts::{Sentences, Speech, load},
};

/// Starts the app once the Worker has said where this browser stands and there are sentences to say it in; until then the
/// form's shape of the first HTML stays, so that nothing jumps.
pub fn start() {
    // Nothing of the reactive system runs before it is mounted, its executor included.
    wasm_bindgen_futures::spawn_local(async {
        let (first, sentences) = open().await;
        let Ok(sentences) = sentences else { return show_unreachable() };
        mount(move || group().child(view! { <App first sentences /> }.into_any()));
    });
}

/// Where this browser stands, and the sentences for whoever sits there.
pub async fn open() -> (Session, Result<&'static Sentences, Missing>) {
    let preferred = preferred_language();
    let (first, likely) = join(SessionStore::open(), load(preferred.unwrap_or_default())).await;
    let clinics = first.seat().map(|seat| seat.language).filter(|_| preferred.is_none());
    let sentences = in_language_of(clinics, likely).await;
    (first, sentences)
}

/// Puts a screen in the place of the first HTML.
pub fn mount(screen: impl FnOnce() -> El + 'static) {
    let Some(place) = document().get_element_by_id("app") else { return };
    let Ok(place) = place.dyn_into::<web_sys::HtmlElement>() else { return };
    place.set_inner_html("");
    place.remove_attribute("aria-busy").ok();
    mount_to(place, move || screen().view()).forget();
}

/// The clinic's sentences for whoever has no language of their own.
async fn in_language_of(
    clinics: Option<Language>,
    likely: Result<&'static Sentences, Missing>,
) -> Result<&'static Sentences, Missing> {
    match clinics {
        Some(language) => load(language).await.or(likely),
        None => likely,
    }
}

#[component]
fn App(first: Session, sentences: &'static Sentences) -> impl IntoView {
    let speech = Speech::new(sentences);
    let session = SessionStore::new(first);
    Announcer::start();
    effect(move || set_language(speech.language()));
    on_return(move || session.refresh());
    on_other_tab(move || session.refresh());
    live::listen(session);
    view! {
        {announcements().view()}
        {connection::watch(session).view()}
        {idle::watch().view()}
        <Router>
            {screen().view()}
        </Router>
    }
}

fn screen() -> El {
    let session = SessionStore::here();
    let path = use_location().pathname;
    let page = derived(move || Page::at(&path.read()));
    let router = use_context::<BrowserUrl>();
    // The address bar follows once the page of the address stands.
    effect(move || {
        path.track();
        if let Some(router) = &router {
            router.ready_to_complete();
        }
    });
    provide_context(page);
    let standing = derived(move || Standing::of(session.get()));
    // Whoever is not signed in finds the wizard at every address.
    let drawn = move || match standing.get() {
        Standing::Unreachable(failure) => Some(doorway(trouble(failure, move || session.refresh()))),
        Standing::Outside(step) => Some(wizard(step)),
        Standing::Inside => None,
    };
    // It stays, with all that was typed into it, for as long as it is the same person's: under the cover too.
    let occupant = derived(move || session.occupant());
    let pages = move || {
        occupant.get().map(|_| {
            shell(move || {
                let page = page.get();
                // Whoever is there is not looked at again; whoever is not, under the cover, is waited for.
                let me = untrack(|| session.me()).or_else(|| session.me());
                me.map(|me| inside(page, &me))
            })
        })
    };
    let navigate = use_navigate();
    let mut before = None;
    effect(move || {
        let now = occupant.get();
        match (standing.get(), &now) {
            (Standing::Inside, _) => aside::put_back(now.clone()),
            (_, Some(whose)) => aside::take_out(whose.clone()),
            (_, None) => aside::put_back(None),
        }
        // Whoever comes next starts at the front, not where the last one was.
        if before.is_some() && before != now {
            navigate(&Page::Home.path(), Default::default());
        }
        before = now;
    });
    group().child(el("div").class("frame").set("id", aside::FRAME).child(pages)).child(drawn)
}

/// Which of the frames stands.
#[derive(Clone, PartialEq)]
enum Standing {
    Unreachable(Failure),
    Outside(Step),
    Inside,
}

impl Standing {
    fn of(session: Session) -> Standing {
        match session {
            Session::Unreachable(failure) => Standing::Unreachable(failure),
            Session::Out(step) => Standing::Outside(step),
            Session::In { .. } => Standing::Inside,
        }
    }
}

fn inside(page: Page, me: &Me) -> El {
    match page {
        Page::Home => home(me),
        Page::Users => user_list(),
        Page::AddUser => add_user(),
        Page::ImportUsers => import_users(),
        Page::Account(id) => account_window(id),
        Page::Computers => computers(),
        Page::Profiles => profiles(),
        Page::Settings => settings(),
        Page::Activities => activities(me),
        Page::Mails => mails(),
        Page::Me => own_account(me),
        // All but the last are pages of the other app.
        Page::Forgot | Page::Reset | Page::Setup | Page::VerifyLog | Page::Unknown => unknown(),
    }
}
