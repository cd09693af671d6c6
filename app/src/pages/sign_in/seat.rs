//! Where this is, by name, and the ways to give it up: back to step 2, or back to step 1.

use wire::{
    Empty, Endpoint,
    sign_in::{LeaveComputer, LeaveProfile, Seat, SignInState},
};

use crate::{
    components::{
        dialog::{Ask, ask},
        el::{El, el, group},
        form::Form,
        icon::Icon,
        panel::button_row,
    },
    session::SessionStore,
    signals::State,
    texts::{Speech, Template, Text, t},
};

/// Which clinic and which computer this is.
pub fn seat_line(seat: &Seat) -> El {
    named(el("p").class("seat"), seat)
}

/// The same on step 2, with the way back to step 1.
pub fn seat_of_computer(seat: &Seat) -> El {
    changeable(seat, vec![reset(seat)])
}

/// The same on step 3, with the ways back to both.
pub fn seat_of_profile(seat: &Seat) -> El {
    let change = Way {
        id: "change-profile",
        title: t::sign_in::CHANGE_PROFILE,
        words: t::sign_in::CHANGE_PROFILE_WORDS,
        about: seat.profile.clone(),
    };
    changeable(seat, vec![change.shown::<LeaveProfile>(), reset(seat)])
}

fn reset(seat: &Seat) -> [El; 2] {
    let about = seat.computer.clone();
    let words = t::sign_in::RESET_WORDS;
    Way { id: "reset-computer", title: t::places::RESET, words, about }.shown::<LeaveComputer>()
}

fn named(line: El, seat: &Seat) -> El {
    let place = format!("{} · {}", seat.computer, seat.profile);
    let words = el("span").child(el("strong").child(seat.clinic.clone())).child(el("br")).child(place);
    line.child(Icon::Computer.show()).child(words)
}

/// The seat with what is seldom wanted folded away below it.
fn changeable(seat: &Seat, ways: Vec<[El; 2]>) -> El {
    let (buttons, questions): (Vec<El>, Vec<El>) = ways.into_iter().map(<(El, El)>::from).unzip();
    let change = el("span").class("change").say(t::sign_in::CHANGE);
    let line = named(el("summary"), seat).child(change);
    let folded = el("details").class("seat").child(line).child(button_row().child(buttons));
    group().child(folded).child(questions)
}

/// A step to give up. What that means is asked first, for somebody will need the phone or the access form.
struct Way {
    id: &'static str,
    title: Text,
    words: Template<1>,
    about: String,
}

impl Way {
    /// The button, and the question behind it.
    fn shown<E: Endpoint<Request = Empty, Reply = SignInState>>(self) -> [El; 2] {
        let Way { id, title, words, about } = self;
        let session = SessionStore::here();
        let speech = Speech::here();
        let open = State::new(false);
        let form = Form::new(&[]);
        let button = el("button")
            .set("type", "button")
            .class("button")
            .on_press(move || {
                form.start_over();
                open.set(true);
            })
            .say(title);
        let leave = move || {
            form.send::<E>(Empty {}, move |reply| {
                match reply? {
                    // Somebody is signed in whom this screen may cover: it is for the store to look at that.
                    SignInState::SignedIn { .. } => session.refresh(),
                    state => session.enter(state),
                }
                Ok(())
            });
        };
        let question = Ask { id, title, yes: title, form, open };
        [button, ask(question, move || speech.fill(words, &[&about]), leave)]
    }
}
