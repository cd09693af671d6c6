//! The three steps and the question, at whatever address they were asked for.

mod computer;
mod locked;
mod new_password;
mod profile;
mod question;
pub mod step;
mod user;

use leptos::prelude::*;
use wire::sign_in::Seat;

use self::{
    computer::ComputerStep, locked::LockedStep, new_password::NewPasswordStep, profile::ProfileStep,
    question::QuestionStep, step::Step, user::UserStep,
};
use crate::{
    browser::set_title,
    components::icon::Icon,
    pages::frame::Doorway,
    texts::{Pick, Speech, say},
};

/// The wizard at a step.
#[component]
pub fn Wizard(step: Step) -> impl IntoView {
    let number = step.number();
    let screen = match step {
        Step::Computer => view! { <ComputerStep /> }.into_any(),
        Step::Profile { seat } => view! { <ProfileStep seat /> }.into_any(),
        Step::User { seat, login, news } => view! { <UserStep seat login news /> }.into_any(),
        Step::Waiting { seat, login } => view! { <LockedStep seat login /> }.into_any(),
        Step::NewPassword { seat, person, length_min } => {
            view! { <NewPasswordStep seat person length_min /> }.into_any()
        }
        Step::Question { seat, person } => view! { <QuestionStep seat person /> }.into_any(),
    };
    view! { <Doorway><Path number />{screen}</Doorway> }
}

/// Where one is, in words and as a path of three.
#[component]
fn Path(number: u8) -> impl IntoView {
    let speech = Speech::here();
    let stones = (1..=3u8).zip(0..3usize).map(move |(stone, place)| {
        let name = move || speech.texts().sign_in.path_names.get(place).copied();
        view! {
            <li class:done=stone < number class:now=stone == number aria-current=(stone == number).then_some("step")>
                <span class="stone" aria-hidden="true">{if stone < number { Icon::Check.show().into_any() } else { stone.into_any() }}</span>
                <span>{name}</span>
            </li>
        }
    });
    view! {
        <p class="progress">{move || (speech.texts().sign_in.progress)(number)}</p>
        <ol class="path" aria-label=say(|t| t.sign_in.path)>{stones.collect_view()}</ol>
    }
}

/// The heading of a step, which is the title of the tab as well.
#[component]
fn StepHeading(text: Pick) -> impl IntoView {
    let text = say(text);
    Effect::new(move || set_title(text()));
    view! { <h1 id="heading" tabindex="-1">{text}</h1> }
}

/// Which clinic and which computer this is.
#[component]
fn SeatLine(seat: Seat) -> impl IntoView {
    let place = format!("{} · {}", seat.computer, seat.profile);
    view! { <p class="seat">{Icon::Computer.show()}<span><strong>{seat.clinic}</strong><br />{place}</span></p> }
}
