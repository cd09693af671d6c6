//! The support desk, outside the three steps: an operator signs in, opens the cases that are read out to them, and sees nothing
//! else of any clinic.

mod case;
mod lists;

use leptos::prelude::*;
use wire::{
    Empty, Endpoint, ProblemCode,
    setup::SetupLink,
    support::{
        Desk, MakeClinicLink, OpenDesk, OperatorCredentials, SignInOperator, SignOutOperator, SupportCase,
    },
};

use crate::{
    api::Failure,
    browser::{on_return, remember_use},
    components::{
        announcer::Announcer,
        button::{press, submit},
        details::moment,
        el::{El, el, group},
        field::Field,
        form::{Form, form_problem},
        kept::Kept,
        notice::skeleton,
        panel::{button_row, panel},
        secret::keeping,
    },
    moment::now,
    pages::frame::{counter, doorway, page_title},
    session::SessionStore,
    signals::{State, derived, effect},
    texts::{Speech, t},
};

/// Lines of the skeleton: about as many as the form of the sign-in has fields.
const SKELETON_LINES: usize = 3;

/// What the parts of the page share. Copies of it are the same desk.
#[derive(Clone, Copy)]
pub struct Counter {
    desk: Kept<Desk>,
    /// The case that is open on the screen.
    case: State<Option<SupportCase>>,
    link: State<Option<SetupLink>>,
    speech: Speech,
    announcer: Announcer,
}

/// The page.
pub fn support_desk() -> El {
    let counter = Counter {
        desk: Kept::new(),
        case: State::new(None),
        link: State::new(None),
        speech: Speech::here(),
        announcer: Announcer::here(),
    };
    let desk = counter.desk;
    counter.read();
    on_return(move || counter.read());
    let inside = derived(move || desk.part(|_| ()).is_some());
    let stranger = derived(move || {
        desk.failure().and_then(|failure| failure.code()) == Some(ProblemCode::OperatorRequired)
    });
    // Whoever walks away from the desk leaves it covered, as in a clinic.
    let session = SessionStore::here();
    let leave = Callback::new(move |()| counter.leave());
    effect(move || session.attend(inside.get().then_some(leave)));
    on_cleanup(move || session.attend(None));
    group().child(move || match (inside.get(), stranger.get()) {
        (true, _) => counter.inside(),
        (false, true) => doorway(sign_in(counter)),
        (false, false) => doorway(
            group()
                .child(page_title(t::support::TITLE))
                .child(desk.trouble(move || counter.read()))
                .child(move || desk.failure().is_none().then(|| skeleton(SKELETON_LINES))),
        ),
    })
}

impl Counter {
    fn read(self) {
        self.desk.read::<OpenDesk>(&Empty {});
    }

    /// Sends something; whoever turns out to be signed out finds the sign-in.
    fn send<E: Endpoint>(self, form: Form, request: E::Request, then: impl FnOnce(E::Reply) + 'static) {
        form.send::<E>(request, move |reply| match reply {
            Ok(reply) => {
                then(reply);
                Ok(())
            }
            Err(failure) => self.refused(failure),
        });
    }

    fn refused(self, failure: Failure) -> Result<(), Failure> {
        if failure.code() == Some(ProblemCode::OperatorRequired) {
            self.read();
        }
        Err(failure)
    }

    fn leave(self) {
        SessionStore::here().call::<SignOutOperator>(&Empty {}, move |_| {
            if self.case.try_set(None) {
                self.link.set(None);
                self.read();
                self.announcer.status(self.speech.text_now(t::shell::SIGNED_OUT).to_owned());
            }
        });
    }

    fn inside(self) -> El {
        let name = derived(move || self.desk.part(|desk| desk.operator.clone()).unwrap_or_default());
        let content = group()
            .child(page_title(t::support::TITLE))
            .child(self.desk.trouble(move || self.read()))
            .child(case::code_panel(self))
            .child(case::open_case(self))
            .child(lists::cases(self))
            .child(self.new_clinic())
            .child(lists::operators(self))
            .child(lists::log(self));
        counter(move || name.get(), move || self.leave(), content)
    }

    fn new_clinic(self) -> El {
        let form = Form::new(&[]);
        let make = move || {
            self.send::<MakeClinicLink>(form, Empty {}, move |link| {
                self.announcer.status(self.speech.text_now(t::support::LINK_READY).to_owned());
                self.link.set(Some(link));
            });
        };
        let shown = move |link: SetupLink| {
            let text = link.link.clone();
            group()
                .child(el("p").class("secret").child(link.link))
                .child(
                    el("p")
                        .class("hint")
                        .say(t::support::LINK_UNTIL)
                        .child(" ")
                        .child(moment(link.expires_at)),
                )
                .child(keeping(Some(Box::new(move || text.clone()))))
        };
        panel("new-clinic", None, t::support::NEW_CLINIC)
            .child(el("p").class("hint").say(t::support::NEW_CLINIC_ABOUT))
            .child(form_problem(form))
            .child(button_row().child(press(form, t::support::MAKE_LINK, make)))
            .child(move || self.link.get().map(|link| untrack(|| shown(link))))
    }
}

fn sign_in(at: Counter) -> El {
    let [login, password, code] = [(); 3].map(|()| State::new(String::new()));
    let form = Form::new(&["login", "password", "code"]);
    let send = move || {
        let request = OperatorCredentials {
            login: login.get_untracked(),
            password: password.get_untracked(),
            code: code.get_untracked(),
        };
        code.set(String::new());
        form.send::<SignInOperator>(request, move |reply| {
            remember_use(now());
            at.desk.put(reply?);
            Ok(())
        });
    };
    let fields = el("form")
        .set("aria-labelledby", "heading")
        .set("novalidate", true)
        .on_submit(send)
        .child(form_problem(form))
        .child(Field::text("login", t::sign_in::LOGIN, login).autocomplete("username").show(form))
        .child(
            Field::password("password", t::sign_in::PASSWORD, password)
                .autocomplete("current-password")
                .show(form),
        )
        .child(Field::code("code", t::sign_in::CODE, code).hint(t::sign_in::CODE_HINT).show(form))
        .child(submit(form, t::sign_in::SIGN_IN));
    group()
        .child(page_title(t::support::TITLE))
        .child(el("p").class("about").say(t::support::ABOUT))
        .child(fields)
}
