//! A try at a password, reserved in the clinic's object before the password is looked at.

use clinic::commands::{
    Command,
    login::{Attempt, Reservation},
};
use wire::{Problem, ProblemCode, Timestamp};

use crate::{visit::Visit, world};

/// First wait for the tries in flight; each further one is half as long again, up to the longest.
const WAIT_FIRST_MILLIS: u32 = 60;
const WAIT_LONGEST_MILLIS: u32 = 400;
const WAIT_TOTAL_MILLIS: u32 = 20_000;
const BUSY_RETRY_SECONDS: u32 = 2;
/// How long a refusal is held back: whoever does not keep to it asks once in so long on each connection, and not as often as the
/// wire lets them.
pub const REFUSAL_HELD_MILLIS: u32 = 1_000;

/// A reserved try, and what to check the password against.
pub struct Reserved {
    pub attempt: Attempt,
    pub password_hash: String,
}

/// Reserves a try, waiting for its turn at the computer and for those that are under way. The waiting is done here, as the object
/// can't be woken by another request, and a Worker that waits costs nobody anything.
pub async fn reserve<C>(
    visit: &Visit<'_>,
    command: impl Fn(Option<Timestamp>) -> C,
) -> Result<Reserved, Problem>
where
    C: Command<Reply = Reservation>,
{
    reserve_by(async |turn| visit.change(&command(turn)).await).await
}

/// The same, wherever tries are reserved.
pub async fn reserve_by(
    ask: impl AsyncFn(Option<Timestamp>) -> Result<Reservation, Problem>,
) -> Result<Reserved, Problem> {
    let (mut waits, mut turn) = (Waits::new(), None);
    loop {
        let reservation = match ask(turn).await {
            Err(problem) if problem.code == ProblemCode::SlowDown => {
                world::sleep(REFUSAL_HELD_MILLIS).await;
                return Err(problem);
            }
            answer => answer?,
        };
        match reservation {
            Reservation::Check { attempt, password_hash } => return Ok(Reserved { attempt, password_hash }),
            Reservation::Turn { at, wait_millis } => {
                turn = Some(at);
                world::sleep(wait_millis).await;
            }
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
