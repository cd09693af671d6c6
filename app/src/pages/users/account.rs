//! An account window: who it is, whether the account is locked, and the owner's Unlock.

use leptos::prelude::*;
use wire::{
    Timestamp,
    ids::AccountId,
    users::{GetUser, UserQuery, UserWindow},
};

use super::{
    ClinicSections,
    unlock::{PinEntry, UnlockButton, UnlockForms},
};
use crate::{
    browser::on_return,
    components::{
        icon::Icon,
        kept::Kept,
        notice::{Skeleton, Trouble},
        status_badge::StatusBadge,
    },
    moment::{Calendar, iso},
    page::Page,
    pages::frame::PageHeading,
    session::SessionStore,
    texts::{Pick, Speech, say},
};

/// Lines of the skeleton: as many as the window has details.
const SKELETON_LINES: usize = 5;

/// The page.
#[component]
pub fn AccountWindow(id: AccountId) -> impl IntoView {
    let window = Kept::<UserWindow>::new();
    let query = UserQuery { id: id.to_string() };
    let read = move || window.read::<GetUser>(&query);
    read();
    on_return(read.clone());
    let forms = UnlockForms::new(id, window);

    let name = Signal::derive(move || window.part(|w| w.user.full_name.clone()).unwrap_or_default());
    let here = Memo::new(move |_| window.part(|_| ()).is_some());
    let locked = Memo::new(move |_| window.part(|w| w.lock.is_some()) == Some(true));
    view! {
        <ClinicSections on_list=false />
        <p class="back"><a href=Page::Users.path()>{Icon::Back.show()}{say(|t| t.account.back)}</a></p>
        <div class="title">
            <div>
                <PageHeading text=name />
                {move || window.part(|w| w.user.status.clone()).map(|status| view! { <StatusBadge status /> })}
            </div>
            {move || locked.get().then(|| view! { <UnlockButton forms /> })}
        </div>
        {move || {
            let again = read.clone();
            window.failure().map(|failure| view! { <Trouble failure again=Callback::new(move |()| again()) /> })
        }}
        {move || locked.get().then(|| view! { <PinEntry forms /><LockDetails window /> })}
        {move || match (here.get(), window.failure()) {
            (true, _) => view! { <Details window /> }.into_any(),
            (false, None) => view! { <Skeleton lines=SKELETON_LINES /> }.into_any(),
            (false, Some(_)) => ().into_any(),
        }}
    }
}

#[component]
fn Details(window: Kept<UserWindow>) -> impl IntoView {
    let speech = Speech::here();
    let texts = move || speech.texts();
    let or_none = move |text: Option<String>| match text {
        Some(text) if !text.is_empty() => text,
        _ => texts().common.nothing.to_owned(),
    };
    view! {
        <section class="panel">
            <dl>
                <Detail name=|t| t.users.login>
                    <span class="login">{move || window.part(|w| w.user.login.clone())}</span>
                </Detail>
                <Detail name=|t| t.users.role>{move || window.part(|w| (texts().role)(w.user.role))}</Detail>
                <Detail name=|t| t.users.position>{move || or_none(window.part(|w| w.user.position.clone()))}</Detail>
                <Detail name=|t| t.account.email>{move || or_none(window.part(|w| w.email.clone()))}</Detail>
                {move || {
                    window.part(|w| w.last_sign_in).flatten().map(|last| view! {
                        <Detail name=|t| t.account.last_sign_in>
                            {match last.at {
                                Some(at) => view! { <Moment at /> }.into_any(),
                                None => say(|t| t.account.never).into_any(),
                            }}
                        </Detail>
                    })
                }}
            </dl>
        </section>
    }
}

#[component]
fn LockDetails(window: Kept<UserWindow>) -> impl IntoView {
    let lock = Memo::new(move |_| window.part(|w| w.lock.clone()).flatten());
    let since = move || lock.read().as_ref().map(|lock| view! { <Moment at=lock.since /> });
    view! {
        <section class="panel bad" aria-labelledby="lock">
            <h2 id="lock">{Icon::Lock.show()}{say(|t| t.account.lock)}</h2>
            <dl>
                <Detail name=|t| t.account.since>{since}</Detail>
                {move || {
                    lock.read().as_ref().and_then(|lock| lock.record.clone()).map(|record| view! {
                        <Detail name=|t| t.account.computer>{record.computer}</Detail>
                        <Detail name=|t| t.account.tries_since>{record.tries_since}</Detail>
                    })
                }}
            </dl>
            <p>{say(|t| t.account.verify)}</p>
        </section>
    }
}

#[component]
fn Detail(name: Pick, children: Children) -> impl IntoView {
    view! { <div><dt>{say(name)}</dt><dd>{children()}</dd></div> }
}

/// A moment in the clinic's time zone.
#[component]
fn Moment(at: Timestamp) -> impl IntoView {
    let speech = Speech::here();
    let zone = SessionStore::here().time_zone();
    view! { <time datetime=iso(at)>{move || Calendar::new(speech.language(), &zone).write(at)}</time> }
}
