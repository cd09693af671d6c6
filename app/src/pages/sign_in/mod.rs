//! The three steps and the question, at whatever address they were asked for.

mod computer;
mod locked;
mod new_password;
mod profile;
mod question;
mod seat;
pub mod step;
mod user;

pub use self::question::person_line;

use wire::help::HelpPage;

use self::{
    computer::computer_step, locked::locked_step, new_password::new_password_step, profile::profile_step,
    question::question_step, step::Step, user::user_step,
};
use crate::{
    browser::set_title,
    components::{
        el::{El, el, group},
        form::{Form, form_problem},
        help_link::help_link,
        icon::Icon,
    },
    pages::frame::doorway,
    signals::effect,
    texts::{Speech, Text, say, t},
};

/// The wizard at a step.
pub fn wizard(step: Step) -> El {
    let number = step.number();
    let help = match step {
        Step::Profile { .. } => HelpPage::WrongCode,
        Step::Waiting { .. } => HelpPage::Locked,
        _ => HelpPage::SigningIn,
    };
    let screen = match step {
        Step::Computer { lost } => computer_step(lost),
        Step::Profile { seat, clock } => profile_step(&seat, clock),
        Step::User { seat, login, news } => user_step(&seat, login, news),
        Step::Waiting { seat, login } => locked_step(&seat, login),
        Step::NewPassword { seat, person, length_min } => new_password_step(&seat, person, length_min),
        Step::Question { seat, person } => question_step(&seat, person),
    };
    doorway(group().child(path(number)).child(screen).child(help_link(help)))
}

/// Where one is, in words and as a path of three.
fn path(number: u8) -> [El; 2] {
    let speech = Speech::here();
    let progress =
        el("p").class("progress").child(move || speech.fill(t::sign_in::PROGRESS, &[&number.to_string()]));
    let names = [t::sign_in::PATH_COMPUTER, t::sign_in::PATH_PROFILE, t::sign_in::PATH_USER];
    let stones = [1, 2, 3].into_iter().zip(names).map(|(stone, name)| path_stone(number, stone, name));
    let stones: Vec<_> = stones.collect();
    [progress, el("ol").class("path").name("aria-label", t::sign_in::PATH).child(stones)]
}

fn path_stone(number: u8, stone: u8, name: Text) -> El {
    let done = stone < number;
    let mark = el("span").class("stone").set("aria-hidden", "true");
    el("li")
        .set("class", if done { Some("done") } else { (stone == number).then_some("now") })
        .set("aria-current", (stone == number).then_some("step"))
        .child(if done { mark.child(Icon::Check.show()) } else { mark.child(stone.to_string()) })
        .child(el("span").say(name))
}

/// The heading of a step, which is the title of the tab as well.
fn step_heading(text: Text) -> El {
    let text = say(text);
    effect(move || set_title(text()));
    el("h1").set("id", "heading").set("tabindex", "-1").child(text)
}

/// The form of a step, named by its heading.
fn step_form(form: Form, submit: impl Fn() + 'static) -> El {
    el("form")
        // Should nobody listen yet, nothing that was typed leads into an address.
        .set("method", "dialog")
        .set("aria-labelledby", "heading")
        .set("novalidate", true)
        .on_submit(submit)
        .child(form_problem(form))
}
