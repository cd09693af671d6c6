//! An operator signs in with login, password and code at once. Tries are reserved and counted as in a clinic, but no steps stand
//! before them: each network is slowed down instead, before anything is looked at, and whoever locks an operator out is undone by
//! a colleague, or by the deployment's key.

use serde::{Deserialize, Serialize};
use wire::{
    Empty, Problem, ProblemCode,
    fields::{Login, TotpCode},
    ids::OperatorId,
    support::DeskAction,
};

use super::subject;
use crate::{
    call::{Call, CommandError},
    commands::{
        Command,
        login::{Attempt, Reservation, hash_digest, unknown_subject, unmatchable_hash},
    },
    desk::records::{
        log,
        operators::{self, Operator, seal_context},
    },
    keys::{NONCE_BYTES, TAG_BYTES},
    records::{
        sql::SqlError,
        tallies::{self, Subject},
        throttles::{self, Knocker, Throttle},
    },
    rules::{
        lockout::{Admission, Place, Reserved, Tally, Verdict},
        roles::Need,
        support::{DESK_SESSION_HOURS, OPERATOR_STRIKES_MAX},
        throttle, totp,
    },
};

/// Reserves a try at a login.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReserveOperatorAttempt {
    /// The login that was typed.
    pub login: Login,
}

impl Command for ReserveOperatorAttempt {
    const NAME: &'static str = "reserve_operator_attempt";
    const NEEDS: Need = Need::Nothing;
    type Reply = Reservation;

    fn run(self, call: &mut Call<'_>) -> Result<Reservation, CommandError> {
        // No operator's cookie is of use in another browser.
        if call.caller.key.is_none() {
            return Err(ProblemCode::KeyMissing.into());
        }
        let network = throttle::network(&call.caller.address);
        let Throttle { wrong, wait_until } = throttles::get(call.sql, Knocker::Network(&network))?;
        let longest = throttle::KNOCKS_WAIT_SECONDS_MAX;
        if let Some(until) = throttle::waits_until(wait_until, longest, call.now) {
            let wait = until.seconds_from(call.now);
            return Err(Problem::new(ProblemCode::SlowDown).retry_after(wait).into());
        }
        let operator = operators::by_login(call.sql, &self.login)?;
        let subject = operator.as_ref().map_or_else(|| unknown_subject(call.keys, &self.login), subject);
        let before = tallies::get(call.sql, &subject)?;
        let mut tally = before.clone();
        let place = Place { computer: String::new(), address: call.caller.address.clone() };
        let Reserved { admission, overdue, lock_began } =
            tally.reserve(call.now, place, call.new_episode(), OPERATOR_STRIKES_MAX);
        if tally != before {
            tallies::save(call.sql, &subject, &before, &tally, call.now)?;
        }
        for _ in overdue {
            note_failure(call, operator.as_ref())?;
        }
        if lock_began {
            announce_lock(call, operator.as_ref())?;
        }
        if admission != Admission::Wait {
            // Counted before the password is looked at: of many tries at once, no more are hashed than of as many in a row.
            let wrong = wrong.saturating_add(1);
            let wait_until = throttle::knocks_wait_until(wrong, call.now);
            throttles::save(call.sql, Knocker::Network(&network), Throttle { wrong, wait_until }, call.now)?;
        }
        match admission {
            Admission::Reserved(number) => {
                let password_hash = match operator {
                    Some(operator) => operator.password_hash,
                    None => unmatchable_hash(call.keys, &self.login),
                };
                let hash_digest = hash_digest(call.keys, &password_hash);
                Ok(Reservation::Check { attempt: Attempt { subject, number, hash_digest }, password_hash })
            }
            Admission::Wait => Ok(Reservation::Wait),
            Admission::Locked => {
                log::note_noise(call, DeskAction::LoginFailedLocked, operator.as_ref())?;
                Err(ProblemCode::OperatorLocked.into())
            }
        }
    }
}

/// Settles a reserved try. The reply is the token of the session.
#[derive(Serialize, Deserialize)]
pub struct SettleOperatorAttempt {
    /// The try.
    pub attempt: Attempt,
    /// Whether the password was right.
    pub right: bool,
    /// The six digits of the operator's own authenticator.
    pub code: TotpCode,
}

impl Command for SettleOperatorAttempt {
    const NAME: &'static str = "settle_operator_attempt";
    const NEEDS: Need = Need::Nothing;
    type Reply = String;

    fn run(self, call: &mut Call<'_>) -> Result<String, CommandError> {
        let Attempt { subject, number, hash_digest: looked_at } = self.attempt;
        let id = match &subject {
            Subject::Account(id) => OperatorId::from_stored(id.to_string()),
            // Looked for as any other, and nobody has it.
            Subject::Unknown(digest) => OperatorId::from_stored(digest.clone()),
        };
        let operator = operators::by_id(call.sql, &id)?;
        let present = operator.as_ref().map(|operator| hash_digest(call.keys, &operator.password_hash));
        let password_right = self.right && present == Some(looked_at);
        let step = check_code(call, &id, operator.as_ref(), &self.code)?;
        let before = tallies::get(call.sql, &subject)?;
        let mut tally: Tally = before.clone();
        // A code that was used is a right one: whoever signs in twice within its half minute is no guesser.
        let right = password_right && step != Err(ProblemCode::CodeWrong);
        let verdict = tally.settle(number, right, call.now, call.new_episode(), OPERATOR_STRIKES_MAX);
        tallies::save(call.sql, &subject, &before, &tally, call.now)?;
        let refusal = match verdict {
            Verdict::Right => {
                let wait = totp::seconds_to_next_code(call.now);
                let used = Problem::about("code", ProblemCode::CodeUsed).retry_after(wait);
                let operator = operator.as_ref().ok_or(ProblemCode::Internal)?;
                let network = throttle::network(&call.caller.address);
                throttles::clear(call.sql, Knocker::Network(&network))?;
                return begin(call, operator, step.map_err(|_| used)?);
            }
            Verdict::Wrong { .. } => {
                note_failure(call, operator.as_ref())?;
                Problem::about("password", ProblemCode::OperatorWrong)
            }
            Verdict::LockedNow => {
                note_failure(call, operator.as_ref())?;
                announce_lock(call, operator.as_ref())?;
                Problem::new(ProblemCode::OperatorLocked)
            }
            Verdict::Locked => {
                log::note_noise(call, DeskAction::LoginFailedLocked, operator.as_ref())?;
                Problem::new(ProblemCode::OperatorLocked)
            }
            Verdict::Stale => Problem::new(ProblemCode::Busy),
        };
        Err(refusal.into())
    }
}

fn begin(call: &mut Call<'_>, operator: &Operator, step: totp::Step) -> Result<String, CommandError> {
    operators::use_step(call.sql, &operator.id, step.0, totp::oldest_step(call.now))?;
    leave(call)?;
    let (token, digest) = call.new_token();
    let expires_at = call.now.plus_minutes(DESK_SESSION_HOURS * 60);
    operators::start_session(call.sql, &digest, &operator.id, call.now, expires_at)?;
    log::note(call, DeskAction::LoginSucceeded, &operator.name, None)?;
    Ok(token)
}

type Checked = Result<totp::Step, ProblemCode>;

/// Looks at the code. For a login that nobody has, it is as much work, and wrong.
fn check_code(
    call: &Call<'_>,
    id: &OperatorId,
    operator: Option<&Operator>,
    code: &TotpCode,
) -> Result<Checked, SqlError> {
    let sealed = operator.map_or(&UNOPENABLE[..], |operator| &operator.sealed_secret);
    let secret = match (call.keys.open(&seal_context(id), sealed), operator) {
        (Some(secret), _) => secret,
        (None, None) => vec![0; totp::SECRET_BYTES],
        (None, Some(_)) => return Err(SqlError("an operator's secret cannot be opened".into())),
    };
    let used = operators::used_steps(call.sql, id)?;
    let step = totp::check(&secret, code, call.now, &used);
    operator.map_or(Ok(Err(ProblemCode::CodeWrong)), |_| Ok(step))
}

/// As long as a sealed secret, and none: nonce, secret and tag.
const UNOPENABLE: [u8; NONCE_BYTES + totp::SECRET_BYTES + TAG_BYTES] =
    [0; NONCE_BYTES + totp::SECRET_BYTES + TAG_BYTES];

/// Notes a wrong try. Anybody can make up a login that nobody has.
fn note_failure(call: &Call<'_>, operator: Option<&Operator>) -> Result<(), SqlError> {
    match operator {
        Some(operator) => log::note(call, DeskAction::LoginFailed, &operator.name, None),
        None => log::note_noise(call, DeskAction::LoginFailed, None),
    }
}

/// A lock ends no session that began before it: a stranger who mistypes must not be able to throw an operator out.
fn announce_lock(call: &Call<'_>, operator: Option<&Operator>) -> Result<(), SqlError> {
    match operator {
        Some(operator) => log::note(call, DeskAction::OperatorLocked, &operator.name, None),
        None => Ok(()),
    }
}

fn leave(call: &Call<'_>) -> Result<(), SqlError> {
    match &call.caller.session {
        Some(token) => operators::end_session(call.sql, &call.token_digest(token)),
        None => Ok(()),
    }
}

/// Ends the session. Where there is none, there is nothing to end.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignOutOperator {}

impl Command for SignOutOperator {
    const NAME: &'static str = "sign_out_operator";
    const NEEDS: Need = Need::Nothing;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        match super::require_operator(call) {
            Ok(operator) => log::note(call, DeskAction::SignedOut, &operator.name, None)?,
            Err(CommandError::Refused(_)) => {}
            Err(fault) => return Err(fault),
        }
        leave(call)?;
        Ok(Empty {})
    }
}
