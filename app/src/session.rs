//! Who is signed in, as types, and the one store that knows. Every reply that says otherwise lands here.

use leptos::{prelude::*, task::spawn_local};
use wire::{
    Empty, Endpoint, ProblemCode,
    rights::{Module, Right},
    sign_in::{GetSignIn, Me, Seat, SignInState},
};

use crate::{
    api::{self, Call, Failure},
    browser::tell_other_tabs,
    pages::sign_in::step::{News, Step},
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

impl From<SignInState> for Session {
    fn from(state: SignInState) -> Self {
        match state {
            SignInState::Computer => Session::Out(Step::Computer),
            SignInState::Profile { seat, .. } => Session::Out(Step::Profile { seat }),
            SignInState::User { seat } => Session::Out(Step::user(seat)),
            SignInState::Question { seat, person } => Session::Out(Step::Question { seat, person }),
            SignInState::NewPassword { seat, person, length_min } => {
                Session::Out(Step::NewPassword { seat, person, length_min })
            }
            SignInState::SignedIn { seat, me } => Session::In { seat, me },
        }
    }
}

impl Session {
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
    fn after(self, state: SignInState) -> Session {
        match self {
            Session::Out(step) if step.agrees_with(&state) => Session::Out(step),
            Session::Out(Step::Question { .. }) => Session::from(state).told(News::QuestionExpired),
            Session::In { .. } => Session::from(state).told(News::SessionEnded),
            _ => state.into(),
        }
    }

    fn told(self, news: News) -> Session {
        match self {
            Session::Out(step) => Session::Out(step.with_news(news)),
            other => other,
        }
    }
}

/// The store of the session.
#[derive(Clone, Copy)]
pub struct SessionStore(RwSignal<Session>);

impl SessionStore {
    /// Asks the Worker for the first time.
    pub async fn open() -> Session {
        match ask_state().await {
            Ok(state) => state.into(),
            Err(failure) => Session::Unreachable(failure),
        }
    }

    /// The store, with what the Worker said first.
    pub fn new(first: Session) -> Self {
        Self(RwSignal::new(first))
    }

    /// The store that the app provides.
    pub fn here() -> Self {
        expect_context()
    }

    /// The session; whoever reads it follows it.
    pub fn get(self) -> Session {
        self.0.get()
    }

    /// Who is signed in; whoever reads it follows it.
    pub fn me(self) -> Option<Me> {
        self.0.with(|session| match session {
            Session::In { me, .. } => Some(me.clone()),
            _ => None,
        })
    }

    /// Where this is; whoever reads it follows it.
    pub fn seat(self) -> Option<Seat> {
        self.0.with(|session| session.seat().cloned())
    }

    /// Whether the one who is signed in may see a module at all; whoever reads it follows it.
    pub fn may_see(self, module: Module) -> bool {
        self.me().is_some_and(|me| me.rights.of(module) != Right::None)
    }

    /// The clinic's time zone. Without one the browser's own would do, but nobody is signed in without one.
    pub fn time_zone(self) -> String {
        self.0.with_untracked(|session| session.seat().map(|seat| seat.time_zone.clone()).unwrap_or_default())
    }

    /// Goes where the Worker's reply to a step says.
    pub fn enter(self, state: SignInState) {
        self.0.set(state.into());
        tell_other_tabs();
    }

    /// Takes a step that the app alone knows of.
    pub fn advance(self, next: impl FnOnce(Step) -> Step) {
        self.0.update(|session| {
            if let Session::Out(step) = session {
                *step = next(step.clone());
            }
        });
    }

    /// Asks the Worker again where the browser stands: another tab, or time itself, may have changed it.
    pub fn refresh(self) {
        spawn_local(self.look_again());
    }

    async fn look_again(self) {
        match ask_state().await {
            Ok(state) => {
                let next = self.0.get_untracked().after(state);
                if self.0.with_untracked(|session| *session != next) {
                    self.0.set(next);
                }
            }
            Err(failure) => self.0.update(|session| {
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

    /// Sends a call; a refusal for want of a step is followed by a look at which step it is.
    fn send(self, call: Result<Call, Failure>, then: Box<dyn FnOnce(Result<String, Failure>)>) {
        spawn_local(async move {
            let reply = match call {
                Ok(call) => api::send(call).await,
                Err(failure) => Err(failure),
            };
            let step_missing = matches!(
                reply.as_ref().err().and_then(Failure::code),
                Some(
                    ProblemCode::ComputerRequired
                        | ProblemCode::ProfileRequired
                        | ProblemCode::SessionRequired
                        | ProblemCode::QuestionExpired
                )
            );
            if step_missing {
                self.look_again().await;
            }
            then(reply);
        });
    }
}

async fn ask_state() -> Result<SignInState, Failure> {
    let text = api::send(Call::of::<GetSignIn>(&Empty {})?).await?;
    api::read::<GetSignIn>(&text)
}

#[cfg(test)]
mod tests {
    use wire::{Language, sign_in::Person};

    use super::*;

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
        assert_eq!(waiting.clone().after(SignInState::User { seat: seat() }), waiting);
    }

    #[test]
    fn a_question_that_expired_says_so() {
        let person = Person { full_name: "Anna Ivanova".to_owned(), login: "ivanova".to_owned() };
        let asked = Session::Out(Step::Question { seat: seat(), person });
        let told = Step::user(seat()).with_news(News::QuestionExpired);
        assert_eq!(asked.after(SignInState::User { seat: seat() }), Session::Out(told));
    }
}
