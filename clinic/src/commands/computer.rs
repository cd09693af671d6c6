//! Step 1: the pair from the access form authorizes the computer.

use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode,
    activities::{Action, Subject},
    fields::ComputerPassword,
    sign_in::SignInState,
};

use super::{Command, Granted};
use crate::{
    call::{Call, CommandError},
    records::{
        computers::{self, Computer},
        sql::SqlError,
        throttles::{self, Knocker, Throttle},
    },
    rules::{roles::Need, session, throttle},
};

/// Exchanges a computer's printed password for a token of its own.
#[derive(Serialize, Deserialize)]
pub struct AuthorizeComputer {
    /// The number at the end of the username.
    pub number: u32,
    /// The password.
    pub password: ComputerPassword,
}

/// What a computer's password digest is bound to.
pub(super) fn digest_context(number: u32) -> String {
    format!("computer {number}")
}

impl Command for AuthorizeComputer {
    const NAME: &'static str = "authorize_computer";
    const NEEDS: Need = Need::Nothing;
    /// A line of the log more where the username is a computer's. Nobody's gets none: a stranger has as many of those as they like.
    const HOLDS_REFUSALS: bool = true;
    type Reply = Granted;

    fn run(self, call: &mut Call<'_>) -> Result<Granted, CommandError> {
        call.require_key()?;
        let who = Knocker::Username(self.number);
        let Throttle { wrong, wait_until } = throttles::get(call.sql, who)?;
        let waits = throttle::waits_until(wait_until, throttle::KNOCKS_WAIT_SECONDS_MAX, call.now);
        let computer = computers::by_number(call.sql, self.number)?;
        let stored = computer.as_ref().map_or(&[][..], |computer| &computer.password_digest);
        let (context, settings) = (digest_context(self.number), call.settings()?);
        let right = call.keys.is_computer_password(&settings.code, &context, stored, self.password.expose());
        match computer {
            // A right password waits for nobody: nobody guesses 118 bits, and a stranger who tries must not keep the door shut.
            Some(computer) if right => {
                let is_known = is_known(call, &computer)?;
                // What the browser came with dies, whoever else has a copy of it.
                call.leave_computer()?;
                throttles::clear(call.sql, who)?;
                let lapsed = session::computer_lapsed_at(&settings.policies, call.now);
                computers::forget_unused_tokens(call.sql, lapsed)?;
                let (token, digest) = call.new_token();
                computers::grant_token(call.sql, &digest, &computer.id, None, call.now)?;
                call.log(Action::ComputerAuthorized, Subject::Nobody, Subject::Nobody, &computer)?;
                if !is_known {
                    call.mail_of_computer(&computer.label)?;
                }
                Ok(Granted {
                    token,
                    state: SignInState::Profile { seat: call.seat_of(&computer)?, now: call.now },
                })
            }
            computer => {
                if let Some(until) = waits {
                    let wait = until.seconds_from(call.now);
                    return Err(Problem::new(ProblemCode::SlowDown).retry_after(wait).into());
                }
                let wrong = wrong.saturating_add(1);
                let wait_until = throttle::knocks_wait_until(wrong, call.now);
                throttles::save(call.sql, who, Throttle { wrong, wait_until }, call.now)?;
                if let Some(computer) = computer {
                    call.log(
                        Action::ComputerAuthorizationFailed,
                        Subject::Nobody,
                        Subject::Nobody,
                        &computer,
                    )?;
                }
                Err(Problem::about("password", ProblemCode::ComputerWrong).into())
            }
        }
    }
}

/// Whether the browser has this computer's step 1 behind it already: nobody need be told that it took it again.
fn is_known(call: &Call<'_>, computer: &Computer) -> Result<bool, SqlError> {
    let Some(token) = &call.caller.computer else { return Ok(false) };
    let held = computers::by_token(call.sql, &call.token_digest(token))?;
    Ok(held.is_some_and(|held| held.computer.id == computer.id))
}
