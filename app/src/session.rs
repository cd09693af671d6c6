//! Who is signed in, as types, and the one store that knows. Every reply that says otherwise lands here.

use std::cell::{Cell, OnceCell, RefCell};

use leptos::{
    prelude::{Callable, Callback},
    task::spawn_local,
};
use wire::{
    Empty, Endpoint, ProblemCode, Timestamp,
    ids::AccountId,
    rights::{Module, Right},
    sign_in::{GetSignIn, Me, Seat, SignInState, SignOut},
    support::DESK_IDLE_MINUTES,
};

use crate::{
    api::{self, Call, Failure},
    aside,
    browser::{last_use, remember_use, tell_other_tabs},
    components::{own_password, secret},
    idle,
    moment::{now, own_zone},
    pages::sign_in::step::{Clock, News, Step},
    signals::State,
};

/// What this browser is to the clinic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Session {
    /// The Worker could not be asked yet.
    Unreachable(Failure),
    /// Nobody is signed in.
    Out(Step),
    /// Somebody is.
    In { seat: Seat, me: Me },
}

impl Session {
    /// What the Worker has just said, by the clock of this device.
    fn arrived(state: SignInState, here: Timestamp) -> Session {
        match state {
            SignInState::Computer => Session::Out(Step::Computer { lost: false }),
            SignInState::Profile { seat, now } => {
                Session::Out(Step::Profile { seat, clock: Clock::of(now, here) })
            }
            SignInState::User { seat } => Session::Out(Step::user(seat)),
            SignInState::Question { seat, person } => Session::Out(Step::Question { seat, person }),
            SignInState::NewPassword { seat, person, length_min } => {
                Session::Out(Step::NewPassword { seat, person, length_min })
            }
            SignInState::SignedIn { seat, me } => Session::In { seat, me },
        }
    }

    /// Where this is, once it is known.
    pub fn seat(&self) -> Option<&Seat> {
        match self {
            Session::Unreachable(_) => None,
            Session::Out(step) => step.seat(),
            Session::In { seat, .. } => Some(seat),
        }
    }

    /// What is left when the Worker says where the browser stands: the present screen where the two agree, so that
    /// nothing that was typed is lost.
    fn after(self, state: SignInState, here: Timestamp) -> Session {
        match (self, Session::arrived(state, here)) {
            (Session::Out(step), Session::Out(next)) if step.agrees_with(&next) => Session::Out(step),
            (Session::Unreachable(_), next) => next,
            (_, Session::Out(Step::Computer { .. })) => Session::Out(Step::Computer { lost: true }),
            (Session::Out(Step::Question { .. } | Step::NewPassword { .. }), next) => {
                next.told(News::QuestionExpired)
            }
            (Session::In { .. }, next) => next.told(News::SessionEnded),
            (_, next) => next,
        }
    }

    fn told(self, news: News) -> Session {
        match self {
            Session::Out(step) => Session::Out(step.with_news(news)),
            other => other,
        }
    }
}

/// The store of the session. A page has one, so that holding it costs nothing.
#[derive(Clone, Copy)]
pub struct SessionStore(());

thread_local! {
    static SESSION: OnceCell<State<Session>> = const { OnceCell::new() };
    /// When the session was ended here, while the Worker has yet to hear of it.
    static LEFT_AT: Cell<Option<Timestamp>> = const { Cell::new(None) };
    /// Counts the steps that were taken. What the Worker said of the step before is too old to go by.
    static TAKEN: Cell<u32> = const { Cell::new(0) };
    /// Who left a page that may still be theirs when they come back.
    static LEFT_BY: RefCell<Option<AccountId>> = const { RefCell::new(None) };
    /// How an operator leaves the support desk, while one is signed in there.
    static DESK: Cell<Option<Callback<()>>> = const { Cell::new(None) };
}

impl SessionStore {
    /// Asks the Worker for the first time.
    pub async fn open() -> Session {
        match ask_state().await {
            Ok(state) => Session::arrived(state, now()),
            Err(failure) => Session::Unreachable(failure),
        }
    }

    /// The store, with what the Worker said first.
    pub fn new(first: Session) -> Self {
        SESSION.with(|session| _ = session.get_or_init(|| State::new(first)));
        Self(())
    }

    /// The page's store.
    pub fn here() -> Self {
        Self(())
    }

    #[inline(never)]
    fn signal(self) -> State<Session> {
        SESSION.with(|session| *session.get().expect("the app starts with a session"))
    }

    /// The session; whoever reads it follows it.
    pub fn get(self) -> Session {
        self.signal().get()
    }

    /// Who is signed in; whoever reads it follows it.
    pub fn me(self) -> Option<Me> {
        self.signal().with(|session| match session {
            Session::In { me, .. } => Some(me.clone()),
            _ => None,
        })
    }

    /// Where this is; whoever reads it follows it.
    pub fn seat(self) -> Option<Seat> {
        self.signal().with(|session| session.seat().cloned())
    }

    /// Has the screen cover itself for an operator of the support desk as well.
    pub fn attend(self, leave: Option<Callback<()>>) {
        DESK.set(leave);
    }

    /// The idle minutes of whoever is signed in; zero when that is nobody.
    pub fn idle_minutes(self) -> u32 {
        if DESK.get().is_some() {
            return DESK_IDLE_MINUTES;
        }
        self.signal().with_untracked(|session| match session {
            Session::In { seat, .. } => seat.idle_minutes,
            _ => 0,
        })
    }

    /// As whom this browser may hear of changes: as an authorized computer, or as somebody who is signed in on it.
    pub fn audience(self) -> Option<Option<AccountId>> {
        self.signal().with(|session| match session {
            Session::Unreachable(_) | Session::Out(Step::Computer { .. }) => None,
            Session::Out(_) => Some(None),
            Session::In { me, .. } => Some(Some(me.account.clone())),
        })
    }

    /// Whose page stands, or waits under the cover; whoever reads it follows it.
    pub fn occupant(self) -> Option<AccountId> {
        self.signal().with(|session| match session {
            Session::In { me, .. } => Some(me.account.clone()),
            Session::Unreachable(_) | Session::Out(_) => LEFT_BY.with_borrow(Option::clone),
        })
    }

    /// Whether somebody is signed in at this moment.
    pub fn is_in(self) -> bool {
        self.signal().with_untracked(|session| matches!(session, Session::In { .. }))
    }

    /// Whether the one who is signed in may see a module at all; whoever reads it follows it.
    pub fn may_see(self, module: Module) -> bool {
        self.me().is_some_and(|me| me.rights.of(module) != Right::None)
    }

    /// The clinic's time zone; where there is no clinic, as at the support desk, the device's.
    pub fn time_zone(self) -> String {
        let clinics =
            self.signal().with_untracked(|session| session.seat().map(|seat| seat.time_zone.clone()));
        clinics.or_else(own_zone).unwrap_or_default()
    }

    /// Goes where the Worker's reply to a step says.
    pub fn enter(self, state: SignInState) {
        let next = Session::arrived(state, now());
        TAKEN.set(TAKEN.get().wrapping_add(1));
        // Whoever goes by themselves takes their page along, and a computer that is reset keeps nothing of anybody.
        let returns = matches!(&*self.signal().read_untracked(), Session::Out(Step::Profile { .. }));
        match &next {
            Session::Out(Step::User { .. }) if !returns => drop(LEFT_BY.take()),
            Session::Out(Step::Computer { .. }) => drop(LEFT_BY.take()),
            _ => {}
        }
        if matches!(next, Session::In { .. }) {
            LEFT_AT.set(None);
            remember_use(now());
        }
        self.signal().set(next);
        tell_other_tabs();
    }

    /// Covers the screen of somebody who left the computer: step 3, with their login. That does not wait for the Worker,
    /// which hears of it as soon as it can be reached.
    pub fn cover(self) {
        if let Some(leave) = DESK.take() {
            leave.run(());
        }
        let Session::In { seat, me } = self.signal().get_untracked() else { return };
        let news = Some(News::Idle { minutes: seat.idle_minutes });
        LEFT_AT.set(Some(now()));
        keep_page_of(&me);
        self.signal().set(Session::Out(Step::User { seat, login: me.login, news }));
        self.refresh();
    }

    /// Takes a step that the app alone knows of.
    pub fn advance(self, next: impl FnOnce(Step) -> Step) {
        self.signal().update(|session| {
            if let Session::Out(step) = session {
                *step = next(step.clone());
                if matches!(step, Step::User { news: None, .. }) {
                    LEFT_BY.take();
                }
            }
        });
    }

    /// Asks the Worker again where the browser stands: another tab, or time itself, may have changed it.
    pub fn refresh(self) {
        spawn_local(self.look_again());
    }

    async fn look_again(self) {
        // Whoever has signed in since then, in another tab, stays signed in.
        if LEFT_AT.get().is_some_and(|left| last_use().is_none_or(|used| used <= left)) {
            match leave().await {
                Err(failure) if !step_is_missing(&failure) => return,
                _ => tell_other_tabs(),
            }
        }
        LEFT_AT.set(None);
        let taken = TAKEN.get();
        let said = ask_state().await;
        if TAKEN.get() != taken {
            return;
        }
        match said {
            Ok(state) => {
                // Of several tabs, each covers itself: whoever hears of it first.
                if !matches!(state, SignInState::SignedIn { .. }) && idle::is_over(self) {
                    return self.cover();
                }
                let before = self.signal().get_untracked();
                match (&before, &state) {
                    // A computer that was revoked keeps nothing of anybody.
                    (_, SignInState::Computer) => drop(LEFT_BY.take()),
                    (_, SignInState::SignedIn { .. }) => {}
                    (Session::In { me, .. }, _) => keep_page_of(me),
                    _ => {}
                }
                let next = before.after(state, now());
                if self.signal().with_untracked(|session| *session != next) {
                    self.signal().set(next);
                }
            }
            Err(failure) => self.signal().update(|session| {
                if matches!(session, Session::Unreachable(_)) {
                    *session = Session::Unreachable(failure);
                }
            }),
        }
    }

    /// Calls an endpoint and hands its reply on.
    pub fn call<E: Endpoint>(
        self,
        request: &E::Request,
        then: impl FnOnce(Result<E::Reply, Failure>) + 'static,
    ) {
        self.send(
            Call::of::<E>(request),
            Box::new(move |reply| then(reply.and_then(|text| api::read::<E>(&text)))),
        );
    }

    /// Sends a call; a refusal for want of a step is followed by a look at which step it is, and one for want of the own password
    /// by the call once more, when it has been typed.
    pub fn send(self, call: Result<Call, Failure>, then: Box<dyn FnOnce(Result<String, Failure>)>) {
        spawn_local(async move {
            let reply = match call.clone() {
                Ok(call) => api::send(call).await,
                Err(failure) => Err(failure),
            };
            if reply.as_ref().err().is_some_and(own_password::is_wanted) {
                let once_typed = move |typed: bool| if typed { self.send(call, then) } else { then(reply) };
                return own_password::ask_for_it(Box::new(once_typed));
            }
            if reply.as_ref().err().is_some_and(step_is_missing) {
                self.look_again().await;
            }
            then(reply);
        });
    }
}

/// What is shown only once is not shown again, whoever comes.
fn keep_page_of(me: &Me) {
    LEFT_BY.set((aside::is_drawn() && !secret::is_shown()).then(|| me.account.clone()));
}

/// Whether a call was refused because the browser stands at an earlier step than the screen shows.
fn step_is_missing(failure: &Failure) -> bool {
    matches!(
        failure.code(),
        Some(
            ProblemCode::ComputerRequired
                | ProblemCode::ProfileRequired
                | ProblemCode::SessionRequired
                | ProblemCode::QuestionExpired
        )
    )
}

async fn leave() -> Result<(), Failure> {
    api::send(Call::of::<SignOut>(&Empty {})?).await.map(drop)
}

async fn ask_state() -> Result<SignInState, Failure> {
    let text = api::send(Call::of::<GetSignIn>(&Empty {})?).await?;
    api::read::<GetSignIn>(&text)
}

#[cfg(test)]
mod tests {
    use wire::{Language, Role, rights::Rights, sign_in::Person};

    use super::*;

    const NOW: Timestamp = Timestamp(0);

    fn me() -> Me {
        Me {
            mails_stuck_since: None,
            account: "0123456789abcdef".parse().unwrap(),
            full_name: "Anna Ivanova".to_owned(),
            login: "ivanova".to_owned(),
            role: Role::Owner,
            rights: Rights::default(),
        }
    }

    fn seat() -> Seat {
        Seat {
            clinic: "Harbour Clinic".to_owned(),
            computer: "Reception 1".to_owned(),
            profile: "Main".to_owned(),
            language: Language::En,
            time_zone: "Europe/London".to_owned(),
            idle_minutes: 10,
        }
    }

    #[test]
    fn a_second_look_leaves_a_half_typed_step_alone() {
        let waiting = Session::Out(Step::Waiting { seat: seat(), login: "ivanov".to_owned() });
        assert_eq!(waiting.clone().after(SignInState::User { seat: seat() }, NOW), waiting);
    }

    #[test]
    fn a_question_that_expired_says_so() {
        let person = Person { full_name: "Anna Ivanova".to_owned(), login: "ivanova".to_owned() };
        let asked = Session::Out(Step::Question { seat: seat(), person });
        let told = Step::user(seat()).with_news(News::QuestionExpired);
        assert_eq!(asked.after(SignInState::User { seat: seat() }, NOW), Session::Out(told));
    }

    #[test]
    fn whoever_is_signed_out_is_told() {
        let signed_in = Session::In { seat: seat(), me: me() };
        let told = Step::user(seat()).with_news(News::SessionEnded);
        assert_eq!(signed_in.clone().after(SignInState::User { seat: seat() }, NOW), Session::Out(told));
        let revoked = signed_in.after(SignInState::Computer, NOW);
        assert_eq!(revoked, Session::Out(Step::Computer { lost: true }));
    }

    #[test]
    fn a_code_that_is_being_typed_stays_unless_the_clock_was_set() {
        let code = |at| SignInState::Profile { seat: seat(), now: Timestamp(at) };
        let typing = Session::arrived(code(0), NOW);
        assert_eq!(typing.clone().after(code(900), NOW), typing);
        assert_ne!(typing.clone().after(code(300_000), NOW), typing);
    }
}
