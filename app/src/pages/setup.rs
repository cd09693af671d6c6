//! A new clinic, opened by whoever holds its setup link, from the link to the first access form.

use leptos::prelude::{untrack, window};
use wire::{
    Language, Timestamp,
    setup::{AdministratorName, CheckSetupLink, SetUpClinic, SetupDone, SetupRequest, SetupToken},
};

use crate::{
    components::{
        access_form::access_form,
        announcer::Announcer,
        button::submit,
        el::{Child, El, el, group},
        field::{Field, choice, option},
        form::{Form, form_problem},
        time_zone::time_zone_field,
    },
    moment::{Calendar, own_zone},
    page::Page,
    pages::{
        frame::{page_heading, page_title},
        link::{Link, Linked, Told, linked},
    },
    session::SessionStore,
    signals::State,
    texts::{Speech, Text, administrator, own_name, t},
};

/// The JSON names of the fields.
const FIELDS: [&str; 9] = [
    "clinic",
    "time_zone",
    "language",
    "last_name",
    "first_name",
    "middle_name",
    "email",
    "computer",
    "profile",
];
/// The page.
pub fn setup() -> El {
    let session = SessionStore::here();
    let until = State::new(Timestamp::default());
    let done = State::new(None::<Box<SetupDone>>);
    let ask = move |token: String, told: Told| {
        session.call::<CheckSetupLink>(&SetupToken { token }, move |reply| {
            told(reply.map(|offer| _ = until.try_set(offer.expires_at)));
        });
    };
    let content = move |link: Link| {
        group().child(move || match done.get() {
            None => untrack(|| filling(link, until.get_untracked(), done)),
            Some(done) => untrack(|| opened(*done)),
        })
    };
    el("div").class("setup").child(linked(Linked {
        page: Page::Setup,
        title: t::places::SETUP_TITLE,
        incomplete: t::places::SETUP_NO_TOKEN,
        ask: Box::new(ask),
        content: Box::new(content),
    }))
}

/// What is typed.
#[derive(Clone, Copy)]
struct Typed {
    clinic: State<String>,
    time_zone: State<String>,
    language: State<String>,
    last_name: State<String>,
    first_name: State<String>,
    middle_name: State<String>,
    email: State<String>,
    computer: State<String>,
    profile: State<String>,
}

impl Typed {
    /// What can be guessed stands there already.
    fn new(speech: Speech) -> Self {
        let field = |text: &str| State::new(text.to_owned());
        Self {
            clinic: field(""),
            time_zone: State::new(own_zone().unwrap_or_default()),
            language: field(speech.language().written().tag()),
            last_name: field(""),
            first_name: field(""),
            middle_name: field(""),
            email: field(""),
            computer: field(speech.text_now(t::places::RECEPTION)),
            profile: field(speech.text_now(t::places::MAIN)),
        }
    }

    fn request(self, token: String) -> SetupRequest {
        let language = Language::from_tag(&self.language.get_untracked()).unwrap_or_default();
        let (last_name, first_name) = administrator(language);
        SetupRequest {
            token,
            clinic: self.clinic.get_untracked(),
            time_zone: self.time_zone.get_untracked(),
            language,
            last_name: self.last_name.get_untracked(),
            first_name: self.first_name.get_untracked(),
            middle_name: self.middle_name.get_untracked(),
            email: self.email.get_untracked(),
            computer: self.computer.get_untracked(),
            profile: self.profile.get_untracked(),
            administrator: AdministratorName {
                last_name: last_name.to_owned(),
                first_name: first_name.to_owned(),
            },
        }
    }
}

fn filling(link: Link, until: Timestamp, opened: State<Option<Box<SetupDone>>>) -> El {
    let speech = Speech::here();
    let announcer = Announcer::here();
    let typed = Typed::new(speech);
    let form = Form::new(&FIELDS);
    let send = move || {
        form.send::<SetUpClinic>(typed.request(link.token()), move |reply| {
            let done = reply?;
            link.used();
            announcer.aloud(speech.fill_now(t::places::OPENED_TITLE, &[&done.form.clinic]));
            opened.set(Some(Box::new(done)));
            Ok(())
        });
    };
    let zone = own_zone().unwrap_or_default();
    let good_until = move || {
        let until = Calendar::new(speech.language(), &zone).write(until);
        speech.fill(t::places::SETUP_UNTIL, &[&until])
    };
    let fields = el("form")
        .set("aria-labelledby", "heading")
        .set("novalidate", true)
        .on_submit(send)
        .child(form_problem(form))
        .child(about_clinic(form, typed))
        .child(about_owner(form, typed))
        .child(about_place(form, typed))
        .child(submit(form, t::places::OPEN_CLINIC))
        .child(el("p").class("hint").child(good_until));
    group()
        .child(page_title(t::places::SETUP_TITLE))
        .child(el("p").class("about").say(t::places::SETUP_ABOUT))
        .child(fields)
}

/// Fields that belong together, under what they are about.
fn part(title: Text, about: Option<Text>, fields: impl Child) -> El {
    let about = about.map(|about| el("p").class("hint").say(about));
    el("fieldset").child(el("legend").say(title)).child(about).child(el("div").class("fields").child(fields))
}

fn about_clinic(form: Form, typed: Typed) -> El {
    let Typed { clinic, time_zone, language, .. } = typed;
    let languages = Language::ALL.map(|of| option(language, of.tag(), own_name(of))).into();
    let fields = group()
        .child(Field::text("clinic", t::places::CLINIC, clinic).hint(t::places::CLINIC_HINT).show(form))
        .child(choice(form, "language", t::places::LANGUAGE, language, languages))
        .child(time_zone_field(form, t::places::TIME_ZONE, time_zone));
    part(t::places::THE_CLINIC, None, fields)
}

fn about_owner(form: Form, typed: Typed) -> El {
    let Typed { last_name, first_name, middle_name, email, .. } = typed;
    let last_name = Field::text("last_name", t::places::LAST_NAME, last_name).autocomplete("family-name");
    let first_name = Field::text("first_name", t::places::FIRST_NAME, first_name).autocomplete("given-name");
    let middle_name = Field::text("middle_name", t::places::MIDDLE_NAME, middle_name);
    let email = Field::email("email", t::places::EMAIL, email).autocomplete("email");
    let fields = group()
        .child(last_name.show(form))
        .child(first_name.show(form))
        .child(middle_name.autocomplete("additional-name").show(form))
        .child(email.hint(t::places::EMAIL_HINT).show(form));
    part(t::places::THE_OWNER, Some(t::places::THE_OWNER_ABOUT), fields)
}

fn about_place(form: Form, typed: Typed) -> El {
    let fields = group()
        .child(
            Field::text("computer", t::places::FIRST_COMPUTER, typed.computer)
                .hint(t::places::LABEL_HINT)
                .show(form),
        )
        .child(
            Field::text("profile", t::places::FIRST_PROFILE, typed.profile)
                .hint(t::places::NAME_HINT)
                .show(form),
        );
    part(t::places::THE_PLACE, Some(t::places::THE_PLACE_ABOUT), fields)
}

fn opened(done: SetupDone) -> El {
    let SetupDone { form, owner } = done;
    let speech = Speech::here();
    let clinic = form.clinic.clone();
    // Another app stands there.
    let leave = || window().location().set_href(&Page::Home.path()).unwrap_or_default();
    group().child(page_heading(move || speech.fill(t::places::OPENED_TITLE, &[&clinic]))).child(access_form(
        form,
        Some(owner),
        t::places::TO_SIGN_IN,
        leave,
    ))
}
