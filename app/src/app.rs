//! Mounts the app: the sign-in, the clinic behind it once somebody is known to one, or a page that stands outside both.

use futures_util::future::join;
use leptos::{mount::mount_to, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use wire::Language;

use crate::{
    api::{Failure, Missing},
    browser::{
        on_other_tab, on_return, preferred_language, reload, set_language, show_unreachable, tell_door,
        tell_started,
    },
    components::{
        announcer::{Announcer, announcements},
        el::{El, group},
        notice::{trouble, waiting},
    },
    connection, idle, live,
    page::Page,
    pages::{
        frame::shut_doorway,
        sign_in::{step::Step, wizard},
    },
    parts::{self, Absent, Draw},
    session::{Session, SessionStore},
    signals::{State, derived, effect},
    texts::{Sentences, Speech, load},
};

/// Starts the page of the address once the Worker has said where this browser stands and there are sentences to say it in; until
/// then the first HTML stays, so that nothing jumps.
pub fn start() {
    // Nothing of the reactive system runs before it is mounted, its executor included.
    wasm_bindgen_futures::spawn_local(async {
        let page = Page::at(&window().location().pathname().unwrap_or_default());
        let opened = if page.is_outside() { open_outside(page).await } else { open_clinic().await };
        if opened.is_err() {
            show_unreachable();
        }
    });
}

/// Something is missing without which nothing can be drawn.
struct Closed;

impl From<Missing> for Closed {
    fn from(_: Missing) -> Closed {
        Closed
    }
}

impl From<Absent> for Closed {
    fn from(_: Absent) -> Closed {
        Closed
    }
}

async fn open_clinic() -> Result<(), Closed> {
    let (first, sentences) = look().await?;
    // Whoever is signed in already has no sign-in to look at meanwhile.
    let part = match first {
        Session::In { .. } => parts::clinic().await.ok(),
        _ => None,
    };
    mount(first, sentences, move |session| {
        on_return(move || session.refresh());
        on_other_tab(move || session.refresh());
        live::listen(session);
        screen(session, part)
    });
    Ok(())
}

async fn open_outside(page: Page) -> Result<(), Closed> {
    let (part, ground) = join(parts::outside(), ground_of(&page)).await;
    let (draw, (first, sentences)) = (part?, ground?);
    mount(first, sentences, move |_| draw(page));
    Ok(())
}

/// What a page outside stands on.
async fn ground_of(page: &Page) -> Result<(Session, &'static Sentences), Closed> {
    match page {
        // Who has forgotten a password sits at a clinic's computer.
        Page::Forgot => look().await,
        _ => {
            let sentences = load(preferred_language().unwrap_or_default()).await?;
            Ok((Session::Out(Step::Computer { lost: false }), sentences))
        }
    }
}

/// Where this browser stands, and the sentences for whoever sits there.
async fn look() -> Result<(Session, &'static Sentences), Closed> {
    let preferred = preferred_language();
    let (first, likely) = join(SessionStore::open(), load(preferred.unwrap_or_default())).await;
    let clinics = first.seat().map(|seat| seat.language).filter(|_| preferred.is_none());
    let sentences = in_language_of(clinics, likely).await?;
    Ok((first, sentences))
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

/// Puts a screen in the place of the first HTML.
fn mount(first: Session, sentences: &'static Sentences, screen: impl FnOnce(SessionStore) -> El + 'static) {
    let Some(place) = document().get_element_by_id("app") else { return };
    let Ok(place) = place.dyn_into::<web_sys::HtmlElement>() else { return };
    place.set_inner_html("");
    place.remove_attribute("aria-busy").ok();
    let draw = move || {
        let speech = Speech::new(sentences);
        let session = SessionStore::new(first);
        Announcer::start();
        effect(move || set_language(speech.sentences()));
        group()
            .child(announcements())
            .child(connection::watch(session))
            .child(idle::watch())
            .child(screen(session))
            .view()
    };
    mount_to(place, draw).forget();
    tell_started();
}

/// The part behind the sign-in, as it comes.
#[derive(Clone, Copy)]
enum Part {
    Awaited,
    Here(Draw),
    Absent,
}

/// The clinic's part. It is sought while whoever sits at an authorized computer still types, and where that failed, once more
/// when they have signed in.
fn clinic_part(session: SessionStore, first: Option<Draw>) -> State<Part> {
    let part = State::new(first.map_or(Part::Awaited, Part::Here));
    let audience = derived(move || session.audience());
    effect(move || {
        if audience.get().is_none() || matches!(part.get_untracked(), Part::Here(_)) {
            return;
        }
        part.set(Part::Awaited);
        spawn_local(async move {
            part.set(parts::clinic().await.map_or(Part::Absent, Part::Here));
        });
    });
    part
}

fn screen(session: SessionStore, part: Option<Draw>) -> El {
    let part = clinic_part(session, part);
    let standing = derived(move || Standing::of(session.get(), part.get()));
    let speech = Speech::here();
    effect(move || {
        // It is kept in the language that it was read in.
        speech.language();
        match &*standing.read() {
            Standing::Outside(step) => tell_door(step.is_first_sight()),
            Standing::Waiting | Standing::Incomplete | Standing::Inside => tell_door(false),
            // Where the browser stands is not known: it is as it was.
            Standing::Unreachable(_) => {}
        }
    });
    // Whoever is not signed in finds the wizard at every address.
    let drawn = move || match standing.get() {
        Standing::Unreachable(failure) => Some(shut_doorway(trouble(failure, move || session.refresh()))),
        Standing::Outside(step) => Some(wizard(step)),
        Standing::Waiting => Some(shut_doorway(waiting())),
        // The page anew is the app anew, should it be older than what is deployed.
        Standing::Incomplete => Some(shut_doorway(trouble(Failure::Offline, reload))),
        Standing::Inside => None,
    };
    let clinic = move || match part.get() {
        Part::Here(draw) => Some(draw()),
        Part::Awaited | Part::Absent => None,
    };
    group().child(clinic).child(drawn)
}

/// Which of the frames stands.
#[derive(Clone, PartialEq)]
enum Standing {
    Unreachable(Failure),
    Outside(Step),
    /// Somebody is signed in, and the clinic's part is on its way.
    Waiting,
    /// It did not come.
    Incomplete,
    Inside,
}

impl Standing {
    fn of(session: Session, part: Part) -> Standing {
        match (session, part) {
            (Session::Unreachable(failure), _) => Standing::Unreachable(failure),
            (Session::Out(step), _) => Standing::Outside(step),
            (Session::In { .. }, Part::Awaited) => Standing::Waiting,
            (Session::In { .. }, Part::Absent) => Standing::Incomplete,
            (Session::In { .. }, Part::Here(_)) => Standing::Inside,
        }
    }
}
