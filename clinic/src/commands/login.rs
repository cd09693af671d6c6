//! Step 3: a try is reserved, the Worker looks at the password, the try is settled. See [`crate::rules::lockout`].

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode, Timestamp,
    activities::{Action, Subject as InLog},
    fields::Login,
};

use super::{
    Command, Granted,
    lock::{self, Lockable},
    seat,
};
use crate::{
    call::{Call, CommandError},
    keys::{Keys, Purpose},
    records::{
        accounts::{self, Account},
        computers::{self, Computer},
        sessions::{self, Bearer},
        tallies::{self, Subject},
    },
    rules::{
        lockout::{Admission, Reserved, Verdict},
        roles::Need,
        session,
        turns::Turn,
    },
};

/// Memory of the password hash in KiB (argon2id; OWASP's first choice for logins).
pub const HASH_MEMORY_KIB: u32 = 19_456;
/// Passes of the password hash.
pub const HASH_PASSES: u32 = 2;
/// Lanes of the password hash.
pub const HASH_LANES: u32 = 1;

/// A reserved try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Whose try it is. The login may be another one by the time that it is settled.
    pub subject: Subject,
    /// The number of the try.
    pub number: i64,
    /// The digest of the hash that the password is looked at with. A password that was right for a hash that is gone is wrong.
    pub hash_digest: Vec<u8>,
}

/// Reserves a try at a login.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReserveAttempt {
    /// The login that was typed.
    pub login: Login,
    /// The turn that this try was given when it was asked for before.
    pub turn: Option<Timestamp>,
}

/// What the Worker is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reservation {
    /// Look at the password, then settle.
    Check {
        /// The try.
        attempt: Attempt,
        /// What to check the password against: a PHC string. For an unknown login one that no password matches.
        password_hash: String,
    },
    /// As many tries are under way as strikes remain: reserve again in a moment.
    Wait,
    /// Others at this computer come first: reserve again when it is this one's turn, and with it.
    Turn {
        /// The turn, by the clock of the object.
        at: Timestamp,
        /// How long it is until then.
        wait_millis: u32,
    },
}

impl Command for ReserveAttempt {
    const NAME: &'static str = "reserve_attempt";
    const NEEDS: Need = Need::Nothing;
    type Reply = Reservation;

    fn run(self, call: &mut Call<'_>) -> Result<Reservation, CommandError> {
        let computer = call.require_profile()?;
        reserve(call, computer, self.login, self.turn)
    }
}

/// Reserves a try at a login: the one way to have a password looked at, whatever for.
pub(super) fn reserve(
    call: &mut Call<'_>,
    computer: Computer,
    login: Login,
    turn: Option<Timestamp>,
) -> Result<Reservation, CommandError> {
    // Before it is known whose login it is, and whether it is locked: who waits learns nothing by it.
    let mut turns = computer.turns;
    match turns.ask(turn, call.now) {
        Turn::Now => computers::set_turns(call.sql, &computer.id, turns)?,
        Turn::At(at) => {
            computers::set_turns(call.sql, &computer.id, turns)?;
            let wait_millis = u32::try_from(at.0.saturating_sub(call.now.0)).unwrap_or_default();
            return Ok(Reservation::Turn { at, wait_millis });
        }
        Turn::Refused(until) => {
            return Err(Problem::new(ProblemCode::SlowDown).retry_after(until.seconds_from(call.now)).into());
        }
    }
    let computer = &computer;
    let account = accounts::by_login(call.sql, &login)?;
    let lockable = Lockable::new(call, account, &login);
    let settings = call.settings()?;
    let before = tallies::get(call.sql, &lockable.subject)?;
    let mut tally = before.clone();
    let Reserved { admission, overdue, lock_began } =
        tally.reserve(call.now, call.place(computer), call.new_episode(), settings.strikes_max());
    if tally != before {
        tallies::save(call.sql, &lockable.subject, &before, &tally, call.now)?;
    }
    let user = lockable.in_log(&settings);
    for dropped in overdue {
        call.log_at(Action::LoginFailed, user.clone(), InLog::Nobody, &dropped.place)?;
    }
    if lock_began {
        lock::announce(call, &lockable, &tally)?;
    }
    match admission {
        Admission::Reserved(number) => {
            let password_hash = match &lockable.account {
                Some(account) => account.password_hash.clone(),
                None => unmatchable_hash(call.keys, &login),
            };
            let hash_digest = hash_digest(call.keys, &password_hash);
            let attempt = Attempt { subject: lockable.subject, number, hash_digest };
            Ok(Reservation::Check { attempt, password_hash })
        }
        Admission::Wait => Ok(Reservation::Wait),
        Admission::Locked => {
            call.log(Action::LoginFailedLocked, user, InLog::Nobody, computer)?;
            Err(ProblemCode::AccountLocked.into())
        }
    }
}

/// The digest of a hash, to tell later whether it is the same still.
pub(crate) fn hash_digest(keys: &Keys, password_hash: &str) -> Vec<u8> {
    keys.digest(Purpose::PasswordHash, "", password_hash)
}

/// A PHC string like any other, so that an unknown login costs the same work as a known one. No password has this hash.
pub(crate) fn unmatchable_hash(keys: &Keys, login: &Login) -> String {
    let bytes = keys.digest(Purpose::UnknownLogin, "hash", login.as_str());
    let salt = BASE64_STANDARD_NO_PAD.encode(bytes.get(..16).unwrap_or_default());
    let hash = BASE64_STANDARD_NO_PAD.encode(&bytes);
    format!("$argon2id$v=19$m={HASH_MEMORY_KIB},t={HASH_PASSES},p={HASH_LANES}${salt}${hash}")
}

/// Settles a reserved try.
#[derive(Debug, Serialize, Deserialize)]
pub struct SettleAttempt {
    /// The try.
    pub attempt: Attempt,
    /// Whether the password was right.
    pub right: bool,
}

impl Command for SettleAttempt {
    const NAME: &'static str = "settle_attempt";
    const NEEDS: Need = Need::Nothing;
    type Reply = Granted;

    fn run(self, call: &mut Call<'_>) -> Result<Granted, CommandError> {
        let computer = call.require_profile()?;
        let wrong = Problem::about("password", ProblemCode::LoginWrong);
        let account = settle(call, &computer, self.attempt, self.right, wrong)?;
        call.leave()?;
        let (token, digest) = call.new_token();
        let expires_at = session::question_expires_at(call.now);
        let bearer = Bearer { account: account.id.clone(), computer: computer.id.clone(), expires_at };
        sessions::open_question(call.sql, &digest, &bearer)?;
        let seat = call.seat_of(&computer)?;
        Ok(Granted { token, state: seat::question(&call.settings()?, seat, &account) })
    }
}

/// Settles a reserved try: the account, when the password was right, and `wrong` when it was not.
pub(super) fn settle(
    call: &mut Call<'_>,
    computer: &Computer,
    attempt: Attempt,
    right: bool,
    wrong: Problem,
) -> Result<Account, CommandError> {
    let Attempt { subject, number, hash_digest: looked_at } = attempt;
    let account = match &subject {
        Subject::Account(id) => call.present(id)?,
        Subject::Unknown(_) => None,
    };
    if account.is_none() && matches!(subject, Subject::Account(_)) {
        // Removed while the password was looked at. The try stays a strike, for the day that the account is brought back: a lock
        // that began now would be one that nobody is told of.
        return Err(ProblemCode::Busy.into());
    }
    let lockable = Lockable { subject, account };
    // No password is right for a login that has no account, whatever the hash said; nor for an account that has got another
    // password meanwhile, which is how an owner throws out whoever knows the old one.
    let present = lockable.account.as_ref().map(|account| hash_digest(call.keys, &account.password_hash));
    let right = right && present == Some(looked_at);
    let settings = call.settings()?;
    let before = tallies::get(call.sql, &lockable.subject)?;
    let mut tally = before.clone();
    let verdict = tally.settle(number, right, call.now, call.new_episode(), settings.strikes_max());
    tallies::save(call.sql, &lockable.subject, &before, &tally, call.now)?;
    let mut turns = computer.turns;
    match verdict {
        Verdict::Right => turns.right(),
        Verdict::Wrong { .. } | Verdict::LockedNow => turns.wrong(call.now),
        Verdict::Locked | Verdict::Stale => {}
    }
    if turns != computer.turns {
        computers::set_turns(call.sql, &computer.id, turns)?;
    }
    let failed = |action| call.log(action, lockable.in_log(&settings), InLog::Nobody, computer);
    let problem = match verdict {
        Verdict::Right => return lockable.account.ok_or_else(|| ProblemCode::Internal.into()),
        Verdict::Wrong { strikes_left } => {
            failed(Action::LoginFailed)?;
            wrong.tries_left(strikes_left)
        }
        Verdict::LockedNow => {
            failed(Action::LoginFailed)?;
            lock::announce(call, &lockable, &tally)?;
            Problem::new(ProblemCode::AccountLocked)
        }
        Verdict::Locked => {
            failed(Action::LoginFailedLocked)?;
            Problem::new(ProblemCode::AccountLocked)
        }
        Verdict::Stale => Problem::new(ProblemCode::Busy),
    };
    Err(problem.into())
}

/// The subject of the tries at a login.
pub(super) fn subject(keys: &Keys, account: Option<&Account>, login: &Login) -> Subject {
    match account {
        Some(account) => Subject::Account(account.id.clone()),
        None => unknown_subject(keys, login),
    }
}

/// The subject of the tries at a login that nobody has.
pub(crate) fn unknown_subject(keys: &Keys, login: &Login) -> Subject {
    let digest = keys.digest(Purpose::UnknownLogin, "tally", login.as_str());
    Subject::Unknown(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
