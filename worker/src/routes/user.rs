//! Step 3: the password is checked here, between a reservation and its settlement in the clinic's object.

use clinic::commands::{
    lock::ReadLock,
    login::{Reservation, ReserveAttempt, SettleAttempt},
};
use wire::{
    Problem, ProblemCode,
    fields::{Login, Password},
    sign_in::{LockQuery, LockState, SignInState, UserCredentials},
};

use crate::{cookies::Cookie, password, visit::Visit, world};

/// First wait for the tries in flight; each further one is half as long again, up to the longest.
const WAIT_FIRST_MILLIS: u32 = 60;
const WAIT_LONGEST_MILLIS: u32 = 400;
const WAIT_TOTAL_MILLIS: u32 = 20_000;
const BUSY_RETRY_SECONDS: u32 = 2;

pub async fn submit_password(
    visit: &mut Visit<'_>,
    request: UserCredentials,
) -> Result<SignInState, Problem> {
    // Both before anything is counted or hashed: a malformed login is no strike.
    let login: Login = request.login.parse()?;
    let password: Password = request.password.parse()?;
    let mut waits = Waits::new();
    let (attempt, password_hash) = loop {
        match visit.change(&ReserveAttempt { login: login.clone() }).await? {
            Reservation::Check { attempt, password_hash } => break (attempt, password_hash),
            // As many tries are in flight as strikes are left; the next is let in when one of them has proved right.
            Reservation::Wait => match waits.next() {
                Some(millis) => world::sleep(world::jittered(millis)).await,
                None => return Err(Problem::new(ProblemCode::Busy).retry_after(BUSY_RETRY_SECONDS)),
            },
        }
    };
    let right = password::verify(visit.config.keys.pepper(), password.expose(), &password_hash);
    let granted = visit.change(&SettleAttempt { attempt, right }).await?;
    visit.keep(Cookie::Question, &granted.token);
    visit.forget(&[Cookie::Session]);
    Ok(granted.state)
}

pub async fn lock(visit: &mut Visit<'_>, request: LockQuery) -> Result<LockState, Problem> {
    visit.read(&ReadLock { login: request.login.parse()? }).await
}

/// How long to wait, time after time, until the patience is used up.
struct Waits {
    next_millis: u32,
    total_millis: u32,
}

impl Waits {
    fn new() -> Self {
        Self { next_millis: WAIT_FIRST_MILLIS, total_millis: 0 }
    }
}

impl Iterator for Waits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let millis = self.next_millis;
        self.total_millis += millis;
        self.next_millis = (millis + millis / 2).min(WAIT_LONGEST_MILLIS);
        (self.total_millis <= WAIT_TOTAL_MILLIS).then_some(millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_grows_and_ends() {
        let waits: Vec<u32> = Waits::new().collect();
        assert_eq!(waits.first_chunk(), Some(&[60, 90, 135, 202, 303, 400, 400]));
        let total: u32 = waits.iter().sum();
        assert!((WAIT_TOTAL_MILLIS - WAIT_LONGEST_MILLIS..=WAIT_TOTAL_MILLIS).contains(&total), "{total}");
    }
}
