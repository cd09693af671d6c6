//! The unlock: an owner presses the button, gets a PIN by mail, and types it in.

use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode,
    activities::Action,
    fields::Pin,
    ids::AccountId,
    users::{PinSent, UnlockPermission, UserWindow},
};

use super::{
    Command, lock,
    seat::{self, SignedIn},
    users,
};
use crate::{
    call::{Call, CommandError},
    keys::Purpose,
    mails::Letter,
    records::{
        accounts::{self, Account},
        pins::{self, Counted},
        tallies::{self, Subject},
    },
    rules::{
        lockout::Lock,
        pin::{self, PinVerdict, SentPin},
        roles::{self, Need},
    },
};

/// An owner, and the locked account that they may unlock.
struct Case {
    owner: SignedIn,
    account: Account,
    lock: Lock,
}

/// Everything that must be true before a PIN is sent or looked at. The screen hides what is refused here; this is what refuses.
fn open_case(call: &Call<'_>, id: &AccountId) -> Result<Case, CommandError> {
    let owner = call.require_session()?;
    let account = accounts::by_id(call.sql, id)?.ok_or(ProblemCode::NotFound)?;
    if account.removed_at.is_some() {
        return Err(ProblemCode::UserRemoved.into());
    }
    let own = owner.account.id == account.id;
    match roles::unlock_permission(owner.account.role, own, owner.account.email.is_some()) {
        UnlockPermission::Allowed => {}
        UnlockPermission::OwnAccount => return Err(ProblemCode::OwnAccount.into()),
        UnlockPermission::OnlyOwners | UnlockPermission::NoEmail => {
            return Err(ProblemCode::NotAllowed.into());
        }
    }
    let tally = tallies::get(call.sql, &Subject::Account(account.id.clone()))?;
    let lock = tally.lock.ok_or(ProblemCode::NotLocked)?;
    Ok(Case { owner, account, lock })
}

/// What a PIN's digest is bound to, so that it is no PIN for anybody or anything else.
fn digest_context(owner: &AccountId, account: &AccountId, lock: &Lock) -> String {
    format!("{owner}/{account}/{}", lock.episode)
}

/// Mails a PIN to the owner who asks.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendPin {
    /// The locked account.
    pub id: AccountId,
}

impl Command for SendPin {
    const NAME: &'static str = "send_pin";
    const NEEDS: Need = Need::Owner;
    type Reply = PinSent;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<PinSent, CommandError> {
        let Case { owner, account, lock } = open_case(call, &self.id)?;
        let Some(email) = owner.account.email.clone() else { return Err(ProblemCode::NotAllowed.into()) };
        let tries_today = tries_today(call, &account.id)?;
        if tries_today >= pin::PIN_TRIES_A_DAY_MAX {
            // A PIN that cannot be tried helps nobody; say when one can be.
            return Err(exhausted(call, &account.id)?.into());
        }
        let mails_since = call.now.plus_minutes(-pin::PIN_MAILS_WINDOW_MINUTES);
        if pins::count_since(call.sql, &account.id, Counted::Mail, mails_since)? >= pin::PIN_MAILS_MAX {
            let first =
                pins::first_since(call.sql, &account.id, Counted::Mail, mails_since)?.unwrap_or(call.now);
            let wait = first.plus_minutes(pin::PIN_MAILS_WINDOW_MINUTES).seconds_from(call.now);
            return Err(Problem::new(ProblemCode::PinTooMany).retry_after(wait).into());
        }
        let replaced = pins::get(call.sql, &owner.account.id, &account.id)?;
        let replaced = replaced.filter(|pin| pin.episode == lock.episode);
        let tries = pin::tries_of_new_pin(replaced.as_ref(), call.now);
        let digits = six_digits(call);
        let context = digest_context(&owner.account.id, &account.id, &lock);
        let sent = SentPin {
            owner: owner.account.id.clone(),
            account: account.id.clone(),
            episode: lock.episode.clone(),
            digest: call.keys.digest(Purpose::Pin, &context, &digits),
            expires_at: call.now.plus_minutes(pin::PIN_LIFETIME_MINUTES),
            tries,
        };
        pins::save(call.sql, &sent)?;
        count(call, &account.id, Counted::Mail)?;
        let settings = call.settings()?;
        // Each PIN is a mail of its own, so the key carries something that no other PIN has.
        let nonce = call.new_episode();
        let key = format!("{}/{}/pin/{}/{nonce}", settings.code, lock.episode, owner.account.id);
        let letter = Letter::UserAccountUnlock { pin: &digits, minutes: pin::PIN_LIFETIME_MINUTES };
        call.mail(&settings, &letter, &account, &owner.account, &owner.computer.label, &key)?;
        let (user, by) = (seat::in_log(&settings, &account), seat::in_log(&settings, &owner.account));
        call.log(Action::PinSent, user, by, &owner.computer)?;
        Ok(PinSent {
            email_hint: email.hint(),
            expires_at: sent.expires_at,
            tries_left: pin::tries_left(tries, tries_today),
        })
    }
}

/// Tries a PIN.
#[derive(Serialize, Deserialize)]
pub struct Unlock {
    /// The locked account.
    pub id: AccountId,
    /// The six digits.
    pub pin: Pin,
}

impl Command for Unlock {
    const NAME: &'static str = "unlock";
    const NEEDS: Need = Need::Owner;
    type Reply = UserWindow;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<UserWindow, CommandError> {
        let Case { owner, account, lock } = open_case(call, &self.id)?;
        let settings = call.settings()?;
        let (user, by) = (seat::in_log(&settings, &account), seat::in_log(&settings, &owner.account));
        let sent = pins::get(call.sql, &owner.account.id, &account.id)?;
        let context = digest_context(&owner.account.id, &account.id, &lock);
        let matches =
            |sent: &SentPin| call.keys.matches(&sent.digest, Purpose::Pin, &context, self.pin.expose());
        match pin::decide(sent.as_ref(), &lock.episode, matches, tries_today(call, &account.id)?, call.now) {
            PinVerdict::Opens => {
                let subject = Subject::Account(account.id.clone());
                lock::end(call, &subject, Some(&account), &lock, &owner.computer.label)?;
                call.log(Action::AccountUnlocked, user, by, &owner.computer)?;
                Ok(users::window(call, &owner.account, &account)?)
            }
            PinVerdict::Wrong(problem) => {
                if let Some(sent) = sent {
                    pins::save(call.sql, &SentPin { tries: sent.tries.saturating_add(1), ..sent })?;
                }
                count(call, &account.id, Counted::Try)?;
                call.log(Action::AccountUnlockFailed, user, by, &owner.computer)?;
                Err(problem.into())
            }
            PinVerdict::Refused(problem) => {
                let problem = match problem.code {
                    ProblemCode::PinTriesExhausted => exhausted(call, &account.id)?,
                    _ => problem,
                };
                call.log(Action::AccountUnlockFailed, user, by, &owner.computer)?;
                Err(problem.into())
            }
        }
    }
}

fn tries_today(call: &Call<'_>, account: &AccountId) -> Result<u32, CommandError> {
    let since = call.now.plus_minutes(-pin::PIN_DAY_HOURS * 60);
    Ok(pins::count_since(call.sql, account, Counted::Try, since)?)
}

/// Ten tries a day are used up: when the first of them is a day old, there is another.
fn exhausted(call: &Call<'_>, account: &AccountId) -> Result<Problem, CommandError> {
    let since = call.now.plus_minutes(-pin::PIN_DAY_HOURS * 60);
    let first = pins::first_since(call.sql, account, Counted::Try, since)?.unwrap_or(call.now);
    let wait = first.plus_minutes(pin::PIN_DAY_HOURS * 60).seconds_from(call.now);
    Ok(Problem::about("pin", ProblemCode::PinTriesExhausted).retry_after(wait))
}

fn count(call: &Call<'_>, account: &AccountId, what: Counted) -> Result<(), CommandError> {
    let forget_before = call.now.plus_minutes(-pin::PIN_DAY_HOURS * 60);
    Ok(pins::count(call.sql, account, what, call.now, forget_before)?)
}

/// Six digits, each value as likely as any other.
fn six_digits(call: &mut Call<'_>) -> String {
    const VALUES: u32 = 1_000_000;
    const FAIR: u32 = u32::MAX - u32::MAX % VALUES;
    loop {
        let drawn = u32::from_be_bytes(call.random_bytes());
        // Beyond the last whole million the low values would come up once more often.
        if drawn < FAIR {
            return format!("{:06}", drawn % VALUES);
        }
    }
}
