//! The support desk, outside the three steps: an operator signs in, opens the cases that are read out to them, and sees nothing
//! else of any clinic.

mod case;
mod lists;

use leptos::prelude::*;
use wire::{
    Empty, Endpoint, ProblemCode,
    ids::OperatorId,
    place::{ClinicPlace, Jurisdiction, Region},
    setup::SetupLink,
    support::{
        Desk, MakeClinicLink, OpenDesk, OperatorCredentials, SignInOperator, SignOutOperator, SupportCase,
    },
};

use crate::{
    api::Failure,
    browser::{on_other_tab, on_return, remember_use, tell_other_tabs},
    components::{
        announcer::Announcer,
        button::{press, submit},
        details::moment,
        el::{El, el, group},
        field::{Field, choice, option},
        form::{Form, form_problem},
        kept::Kept,
        notice::{skeleton, trouble},
        panel::{button_row, panel},
        secret::keeping,
    },
    moment::now,
    pages::frame::{counter, doorway, page_title},
    session::SessionStore,
    signals::{State, derived, effect},
    texts::{Speech, Text, t},
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
    leaving: State<Leaving>,
    speech: Speech,
    announcer: Announcer,
}

/// How far whoever leaves the desk has come. Their screen is empty from the first moment.
#[derive(Clone)]
enum Leaving {
    /// Nobody leaves.
    No,
    /// The Worker is being told.
    Telling,
    /// It could not be told. Until it is, nothing else is asked of it, for what is asked counts as use of the session.
    Owed(Failure),
}

/// The page.
pub fn support_desk() -> El {
    let counter = Counter {
        desk: Kept::new(),
        case: State::new(None),
        link: State::new(None),
        leaving: State::new(Leaving::No),
        speech: Speech::here(),
        announcer: Announcer::here(),
    };
    counter.read();
    on_return(move || counter.read());
    on_other_tab(move || counter.read());
    let operator = derived(move || counter.operator());
    // What one operator has open is not for the next, however the one went and the other came.
    effect(move || {
        operator.read();
        counter.case.set(None);
        counter.link.set(None);
    });
    // Whoever walks away from the desk leaves it covered, as in a clinic.
    let session = SessionStore::here();
    let leave = Callback::new(move |()| counter.leave());
    effect(move || session.attend(operator.read().as_ref().map(|_| leave)));
    on_cleanup(move || session.attend(None));
    let stranger = derived(move || counter.desk.failure().is_some_and(|failure| is_stranger(&failure)));
    group().child(move || match (operator.get(), counter.leaving.get(), stranger.get()) {
        (Some(_), ..) => counter.inside(),
        (None, Leaving::No, true) => doorway(sign_in(counter)),
        (None, leaving, _) => doorway(counter.outside(leaving)),
    })
}

fn is_stranger(failure: &Failure) -> bool {
    failure.code() == Some(ProblemCode::OperatorRequired)
}

impl Counter {
    /// Reads the desk, after whoever left it has signed out.
    fn read(self) {
        match self.leaving.get_untracked() {
            Leaving::No => self.desk.read::<OpenDesk>(&Empty {}),
            Leaving::Telling => {}
            Leaving::Owed(_) => self.sign_out(),
        }
    }

    /// Who is signed in and has not left; whoever asks follows it.
    fn operator(self) -> Option<OperatorId> {
        let own = |desk: &Desk| desk.operators.iter().find(|one| one.own).map(|one| one.id.clone());
        matches!(*self.leaving.read(), Leaving::No).then(|| self.desk.part(own)).flatten().flatten()
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
        if is_stranger(&failure) {
            self.read();
        }
        Err(failure)
    }

    /// Empties the screen, whether or not the Worker can be told.
    fn leave(self) {
        self.desk.forget();
        self.announcer.hush();
        self.sign_out();
    }

    fn sign_out(self) {
        self.leaving.set(Leaving::Telling);
        SessionStore::here().call::<SignOutOperator>(&Empty {}, move |reply| match reply {
            Err(failure) => _ = self.leaving.try_set(Leaving::Owed(failure)),
            Ok(_) => {
                if self.leaving.try_set(Leaving::No) {
                    self.desk.forget();
                    self.read();
                    tell_other_tabs();
                    self.announcer.status(self.speech.text_now(t::shell::SIGNED_OUT).to_owned());
                }
            }
        });
    }

    /// What stands there before it is known who is there, and until the Worker knows who left.
    fn outside(self, leaving: Leaving) -> El {
        let waiting = || skeleton(SKELETON_LINES);
        group().child(page_title(t::support::TITLE)).child(match leaving {
            Leaving::No => self
                .desk
                .trouble(move || self.read())
                .child(move || self.desk.failure().is_none().then(waiting)),
            Leaving::Telling => waiting(),
            Leaving::Owed(failure) => trouble(failure, move || self.read()),
        })
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
            .child(lists::help(self))
            .child(lists::log(self));
        counter(move || name.get(), move || self.leave(), content)
    }

    fn new_clinic(self) -> El {
        let [kept_to, near] = [(); 2].map(|()| State::new(String::new()));
        let form = Form::new(&["jurisdiction", "near"]);
        let make = move || {
            let place = ClinicPlace {
                jurisdiction: kept_to.with_untracked(|code| Jurisdiction::from_code(code)),
                near: near.with_untracked(|code| Region::from_code(code)),
            };
            self.send::<MakeClinicLink>(form, place, move |link| {
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
        // Where nothing can be chosen, as self-hosted, nothing is asked.
        let can_keep_to =
            derived(move || self.desk.part(|desk| desk.jurisdictions.clone()).unwrap_or_default());
        panel("new-clinic", None, t::support::NEW_CLINIC)
            .child(el("p").class("hint").say(t::support::NEW_CLINIC_ABOUT))
            .child(form_problem(form))
            .child(move || {
                let all = can_keep_to.get();
                (!all.is_empty()).then(|| untrack(|| place_fields(form, kept_to, near, &all)))
            })
            .child(button_row().child(press(form, t::support::MAKE_LINK, make)))
            .child(move || self.link.get().map(|link| untrack(|| shown(link))))
    }
}

fn place_fields(form: Form, kept_to: State<String>, near: State<String>, all: &[Jurisdiction]) -> El {
    let anywhere = option(kept_to, "", group().say(t::support::ANYWHERE));
    let jurisdictions =
        all.iter().map(|one| option(kept_to, one.code(), group().say(jurisdiction_name(*one))));
    let opener = option(near, "", group().say(t::support::NEAR_OPENER));
    let regions = Region::ALL.map(|one| option(near, one.code(), group().say(region_name(one))));
    let kept_to_field = |options| choice(form, "jurisdiction", t::support::KEPT_TO, kept_to, options);
    group()
        .child(kept_to_field([anywhere].into_iter().chain(jurisdictions).collect()))
        .child(choice(form, "near", t::support::NEAR, near, [opener].into_iter().chain(regions).collect()))
        .child(el("p").class("hint").say(t::support::PLACE_ABOUT))
}

fn jurisdiction_name(jurisdiction: Jurisdiction) -> Text {
    match jurisdiction {
        Jurisdiction::Eu => t::support::EU,
        Jurisdiction::Us => t::support::US,
        Jurisdiction::Fedramp => t::support::FEDRAMP,
    }
}

fn region_name(region: Region) -> Text {
    match region {
        Region::Wnam => t::support::WNAM,
        Region::Enam => t::support::ENAM,
        Region::Sam => t::support::SAM,
        Region::Weur => t::support::WEUR,
        Region::Eeur => t::support::EEUR,
        Region::Apac => t::support::APAC,
        Region::Oc => t::support::OC,
        Region::Afr => t::support::AFR,
        Region::Me => t::support::ME,
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
            tell_other_tabs();
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
