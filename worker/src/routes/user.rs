//! Step 3: the password is checked here, between a reservation and its settlement in the clinic's object.

use clinic::{
    commands::{
        lock::ReadLock,
        login::{ReserveAttempt, SettleAttempt},
    },
    rules::user_password::UserPassword,
};
use wire::{
    Problem,
    fields::Login,
    sign_in::{LockQuery, LockState, SignInState, UserCredentials},
};

use super::attempt::{self, Reserved};
use crate::{cookies::Cookie, visit::Visit};

pub async fn submit_password(
    visit: &mut Visit<'_>,
    request: UserCredentials,
) -> Result<SignInState, Problem> {
    // Both before anything is counted or hashed: a malformed login is no strike.
    let login: Login = request.login.parse()?;
    let password: UserPassword = request.password.parse()?;
    let Reserved { attempt, password_hash } =
        attempt::reserve(visit, |turn| ReserveAttempt { login: login.clone(), turn }).await?;
    let right = visit.passwords()?.verify(&password, &password_hash);
    let granted = visit.change(&SettleAttempt { attempt, right }).await?;
    visit.keep(Cookie::Question, &granted.token);
    visit.forget(&[Cookie::Session]);
    Ok(granted.state)
}

pub async fn lock(visit: &mut Visit<'_>, request: LockQuery) -> Result<LockState, Problem> {
    visit.read(&ReadLock { login: request.login.parse()? }).await
}
