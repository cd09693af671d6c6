//! Step 2: a code of the authenticator app authorizes the profile on this computer.

use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode,
    activities::{Action, Subject},
    fields::TotpCode,
    sign_in::SignInState,
};

use super::{Command, Granted};
use crate::{
    call::{Call, CommandError},
    records::{computers, profiles, sessions},
    rules::{roles::Need, session, throttle, totp},
};

/// Tries a code.
#[derive(Serialize, Deserialize)]
pub struct AuthorizeProfile {
    /// The six digits.
    pub code: TotpCode,
}

impl Command for AuthorizeProfile {
    const NAME: &'static str = "authorize_profile";
    const NEEDS: Need = Need::Nothing;
    type Reply = Granted;

    fn run(self, call: &mut Call<'_>) -> Result<Granted, CommandError> {
        let computer = call.require_computer()?;
        let profile = call.profile_of(&computer)?;
        if profile.wrong_codes >= throttle::PROFILE_WRONG_CODES_MAX {
            return Err(Problem::about("code", ProblemCode::ProfileStopped).into());
        }
        let (until, longest) = (computer.codes_paused_until, throttle::CODES_PAUSE_SECONDS_MAX);
        if let Some(until) = throttle::waits_until(until, longest, call.now) {
            let wait = until.seconds_from(call.now);
            return Err(Problem::about("code", ProblemCode::CodesPaused).retry_after(wait).into());
        }
        let secret = call.secret_of(&profile)?;
        let used = computers::used_steps(call.sql, &computer.id)?;
        match totp::check(&secret, &self.code, call.now, &used) {
            Ok(step) => {
                call.leave_profile()?;
                computers::use_step(call.sql, &computer.id, step.0, totp::oldest_step(call.now))?;
                computers::set_wrong_codes(call.sql, &computer.id, 0, throttle::NO_WAIT)?;
                profiles::set_wrong_codes(call.sql, &profile.id, 0)?;
                let (token, digest) = call.new_token();
                let expires_at = session::profile_expires_at(&call.settings()?.policies, call.now);
                sessions::grant_profile(call.sql, &digest, &computer.id, expires_at)?;
                call.log(Action::ProfileAuthorized, Subject::Nobody, Subject::Nobody, &computer)?;
                Ok(Granted { token, state: SignInState::User { seat: call.seat_of(&computer)? } })
            }
            Err(code) => {
                call.log(Action::ProfileAuthorizationFailed, Subject::Nobody, Subject::Nobody, &computer)?;
                let mut problem = Problem::about("code", code);
                // A used code was right once: whoever repeats it guesses nothing, and a second browser is no attack.
                if code == ProblemCode::CodeUsed {
                    problem = problem.retry_after(totp::seconds_to_next_code(call.now));
                } else {
                    let computer_wrong = computer.wrong_codes.saturating_add(1);
                    let paused_until = throttle::codes_paused_until(computer_wrong, call.now);
                    computers::set_wrong_codes(call.sql, &computer.id, computer_wrong, paused_until)?;
                    problem = problem.tries_left(throttle::codes_before_pause(computer_wrong));
                    let wrong = profile.wrong_codes.saturating_add(1);
                    profiles::set_wrong_codes(call.sql, &profile.id, wrong)?;
                    if throttle::codes_take_step_1(computer_wrong) {
                        call.log(Action::ComputerReset, Subject::Nobody, Subject::Nobody, &computer)?;
                        call.end_computer(&computer.id)?;
                        problem = Problem::new(ProblemCode::ComputerRequired);
                    }
                }
                Err(problem.into())
            }
        }
    }
}
