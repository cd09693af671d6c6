//! A try at a password, reserved in the clinic's object before the password is looked at.

use clinic::commands::{
    Command,
    login::{Attempt, Reservation},
};
use wire::{Problem, ProblemCode};

use crate::{visit::Visit, world};

/// First wait for the tries in flight; each further one is half as long again, up to the longest.
const WAIT_FIRST_MILLIS: u32 = 60;
const WAIT_LONGEST_MILLIS: u32 = 400;
const WAIT_TOTAL_MILLIS: u32 = 20_000;
const BUSY_RETRY_SECONDS: u32 = 2;

/// A reserved try, and what to check the password against.
pub struct Reserved {
    pub attempt: Attempt,
    pub password_hash: String,
}

/// Reserves a try, waiting for those that are under way.
pub async fn reserve<C>(visit: &Visit<'_>, command: &C) -> Result<Reserved, Problem>
where
    C: Command<Reply = Reservation>,
{
    reserve_by(async || visit.change(command).await).await
}

/// The same, wherever tries are reserved.
pub async fn reserve_by(ask: impl AsyncFn() -> Result<Reservation, Problem>) -> Result<Reserved, Problem> {
    let mut waits = Waits::new();
    loop {
        match ask().await? {
            Reservation::Check { attempt, password_hash } => return Ok(Reserved { attempt, password_hash }),
            // As many tries are in flight as strikes are left; the next is let in when one of them has proved right.
            Reservation::Wait => match waits.next() {
                Some(millis) => world::sleep(world::jittered(millis)).await,
                None => return Err(Problem::new(ProblemCode::Busy).retry_after(BUSY_RETRY_SECONDS)),
            },
        }
    }
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
