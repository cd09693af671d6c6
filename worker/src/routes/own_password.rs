//! A password of one's own, chosen at the first sign-in or changed later: checked and hashed here, kept in the clinic's object.

use clinic::{
    commands::password::{
        ChooseOwnPassword, Chooser, ConfirmOwnPassword, PasswordRules, ReadPasswordRules, ReserveOwnAttempt,
        SettleOwnAttempt,
    },
    rules::{passwords::check_own_password, user_password::UserPassword},
};
use wire::{
    Empty, Problem, ProblemCode,
    me::{MyAccount, PasswordChange, PasswordConfirmation},
    sign_in::{OwnPassword, SignInState},
};

use super::attempt::{self, Reserved};
use crate::{cookies::Cookie, visit::Visit};

pub async fn choose(visit: &mut Visit<'_>, request: OwnPassword) -> Result<SignInState, Problem> {
    let password: UserPassword = request.password.parse()?;
    let rules = visit.read(&ReadPasswordRules { of: Chooser::Newcomer }).await?;
    check(&password, &rules)?;
    if visit.passwords()?.verify(&password, &rules.password_hash) {
        return Err(unchanged());
    }
    let password_hash = visit.passwords()?.hash_new(&password)?;
    let answered = visit.change(&ChooseOwnPassword { password_hash }).await?;
    if let Some(token) = &answered.token {
        visit.keep(Cookie::Session, token);
    }
    visit.forget(&[Cookie::Question]);
    Ok(answered.state)
}

pub async fn change(visit: &mut Visit<'_>, request: PasswordChange) -> Result<MyAccount, Problem> {
    let current = typed_in("current", &request.current)?;
    let password: UserPassword = request.password.parse()?;
    // All of this before the reservation: a new password that will not do costs no strike.
    check(&password, &visit.read(&ReadPasswordRules { of: Chooser::SignedIn }).await?)?;
    if password == current {
        return Err(unchanged());
    }
    let Reserved { attempt, password_hash } =
        attempt::reserve(visit, |turn| ReserveOwnAttempt { turn }).await?;
    let right = visit.passwords()?.verify(&current, &password_hash);
    let password_hash = if right { Some(visit.passwords()?.hash_new(&password)?) } else { None };
    visit.change(&SettleOwnAttempt { attempt, right, password_hash }).await
}

pub async fn confirm(visit: &mut Visit<'_>, request: PasswordConfirmation) -> Result<Empty, Problem> {
    let password = typed_in("own_password", &request.own_password)?;
    let Reserved { attempt, password_hash } =
        attempt::reserve(visit, |turn| ReserveOwnAttempt { turn }).await?;
    let right = visit.passwords()?.verify(&password, &password_hash);
    visit.change(&ConfirmOwnPassword { attempt, right }).await
}

fn typed_in(field: &str, text: &str) -> Result<UserPassword, Problem> {
    text.parse().map_err(|problem| Problem { field: Some(field.to_owned()), ..problem })
}

fn check(password: &UserPassword, rules: &PasswordRules) -> Result<(), Problem> {
    let about: Vec<&str> = rules.about.iter().map(String::as_str).collect();
    check_own_password(password, rules.length_min, &about)
}

fn unchanged() -> Problem {
    Problem::about("password", ProblemCode::PasswordUnchanged)
}
