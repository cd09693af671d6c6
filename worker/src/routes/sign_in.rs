//! Steps 1 and 2, the question after step 3, and the way out.

use clinic::commands::{
    computer::AuthorizeComputer,
    profile::AuthorizeProfile,
    question::AnswerQuestion,
    session::{self, LeaveComputer, LeaveProfile, ReadSignIn, ResetComputer, SignOut},
};
use wire::{
    Empty, Problem, ProblemCode,
    fields::ComputerUsername,
    sign_in::{Answer, ComputerCredentials, ProfileCode, SignInState},
};

use crate::{
    cookies::{ComputerCookie, Cookie},
    visit::Visit,
};

pub async fn state(visit: &mut Visit<'_>, _: Empty) -> Result<SignInState, Problem> {
    if !visit.has_computer() {
        return Ok(SignInState::Computer);
    }
    visit.read(&ReadSignIn {}).await
}

pub async fn authorize_computer(
    visit: &mut Visit<'_>,
    request: ComputerCredentials,
) -> Result<SignInState, Problem> {
    let username: ComputerUsername = request.username.parse()?;
    let password = request.password.parse()?;
    visit.admit_to_step_1().await?;
    let clinic = username.clinic();
    if !visit.config.knows_clinic(clinic) {
        // Made up: a guess costs neither storage nor an object.
        return Err(Problem::about("password", ProblemCode::ComputerWrong));
    }
    let command = AuthorizeComputer { number: username.number(), password };
    let granted = visit.change_in(clinic, &command).await?;
    visit.keep(Cookie::Computer, &ComputerCookie::value(clinic, &granted.token));
    visit.forget(&[Cookie::Profile, Cookie::Question, Cookie::Session]);
    Ok(granted.state)
}

pub async fn authorize_profile(visit: &mut Visit<'_>, request: ProfileCode) -> Result<SignInState, Problem> {
    let granted = visit.change(&AuthorizeProfile { code: request.code.parse()? }).await?;
    visit.keep(Cookie::Profile, &granted.token);
    visit.renew_computer();
    visit.forget(&[Cookie::Question, Cookie::Session]);
    Ok(granted.state)
}

pub async fn answer(visit: &mut Visit<'_>, request: Answer) -> Result<SignInState, Problem> {
    let answered = visit.change(&AnswerQuestion { yes: request.yes }).await?;
    if let Some(token) = &answered.token {
        visit.keep(Cookie::Session, token);
    }
    match &answered.choice {
        Some(token) => visit.keep(Cookie::Question, token),
        None => visit.forget(&[Cookie::Question]),
    }
    Ok(answered.state)
}

pub async fn use_session(visit: &mut Visit<'_>, _: Empty) -> Result<Empty, Problem> {
    visit.change(&session::UseSession {}).await
}

pub async fn sign_out(visit: &mut Visit<'_>, _: Empty) -> Result<SignInState, Problem> {
    let state = visit.change(&SignOut {}).await?;
    visit.forget(&[Cookie::Question, Cookie::Session]);
    Ok(state)
}

pub async fn leave_profile(visit: &mut Visit<'_>, _: Empty) -> Result<SignInState, Problem> {
    if !visit.has_computer() {
        return Ok(SignInState::Computer);
    }
    let state = visit.change(&LeaveProfile {}).await?;
    if matches!(state, SignInState::Profile { .. }) {
        visit.forget(&[Cookie::Profile, Cookie::Question, Cookie::Session]);
    }
    Ok(state)
}

pub async fn leave_computer(visit: &mut Visit<'_>, _: Empty) -> Result<SignInState, Problem> {
    if !visit.has_computer() {
        return Ok(SignInState::Computer);
    }
    let state = visit.change(&LeaveComputer {}).await?;
    if state == SignInState::Computer {
        visit.forget(&[Cookie::Computer, Cookie::Profile, Cookie::Question, Cookie::Session]);
    }
    Ok(state)
}

pub async fn reset_computer(visit: &mut Visit<'_>, _: Empty) -> Result<SignInState, Problem> {
    let state = visit.change(&ResetComputer {}).await?;
    visit.forget(&[Cookie::Computer, Cookie::Profile, Cookie::Question, Cookie::Session]);
    Ok(state)
}
