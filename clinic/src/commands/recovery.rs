//! Forgot password: a link by mail, and a new password chosen with it. The Worker hashes it once the link has proved good.

use serde::{Deserialize, Serialize};
use wire::{
    Empty, ProblemCode,
    activities::{Action, Subject as InLog},
    fields::Login,
    ids::AccountId,
    recovery::{ResetOffer, ResetToken},
};

use super::{Command, lock::Lockable, password, seat};
use crate::{
    call::{Audience, Call, CommandError},
    keys::Purpose,
    mails::Letter,
    records::{
        accounts::{self, Account},
        pins, resets, sessions,
        tallies::{self, Subject},
    },
    rules::{
        lockout::Place,
        recovery::{self, Reset},
        roles::Need,
    },
};

/// Where the page of the link is.
const RESET_PAGE: &str = "/reset";

/// Asks for a link.
#[derive(Debug, Serialize, Deserialize)]
pub struct RequestReset {
    /// The login that was typed.
    pub login: Login,
}

impl Command for RequestReset {
    const NAME: &'static str = "request_reset";
    const NEEDS: Need = Need::Nothing;
    type Reply = Empty;

    /// Whoever has no account, or no address, costs the same work as everybody else, down to a mail to nobody.
    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        let computer = call.require_profile()?;
        let account = accounts::by_login(call.sql, &self.login)?;
        let Lockable { subject, account } = Lockable::new(call, account, &self.login);
        let settings = call.settings()?;
        let user = account.as_ref().map_or(InLog::UnknownLogin, |account| seat::in_log(&settings, account));
        if tallies::get(call.sql, &subject)?.lock.is_some() {
            call.log(Action::PasswordResetRequestedLocked, user, InLog::Nobody, &computer)?;
            return Ok(Empty {});
        }
        call.log(Action::PasswordResetRequested, user, InLog::Nobody, &computer)?;
        let since = recovery::counted_since(call.now);
        if resets::count_since(call.sql, &subject, since)? >= recovery::RESET_MAILS_MAX {
            return Ok(Empty {});
        }
        let secret = call.new_token().0;
        let context = digest_context(&subject, account.as_ref());
        let digest = call.keys.digest(Purpose::Reset, &context, &secret);
        resets::save(call.sql, &subject, &Reset { digest, asked_at: call.now })?;
        let id = match &account {
            Some(account) => account.id.clone(),
            None => AccountId::from_random(call.random_bytes()),
        };
        // Each link is a mail of its own, so the key carries something that no other link has.
        let key = format!("{}/reset/{id}/{}", settings.code, call.new_episode());
        let token = ResetToken { clinic: call.clinic_code()?, account: id, secret };
        let link = format!("{}{RESET_PAGE}#{token}", call.origin);
        let letter = Letter::ResetYourPassword { link: &link, minutes: recovery::RESET_LIFETIME_MINUTES };
        let whoever = account.as_ref();
        call.mail_whoever_it_is(&settings, &letter, whoever, whoever, &computer.label, &key)?;
        Ok(Empty {})
    }
}

/// What the digest of a link is bound to: whose it is, and their password and address of that moment. A link dies with
/// either of them: with its own use, when somebody else restores the access, and when mails go to another address.
fn digest_context(subject: &Subject, account: Option<&Account>) -> String {
    let email = account.map(Account::email_text).unwrap_or_default();
    let password_hash = account.map(|account| account.password_hash.as_str()).unwrap_or_default();
    format!("{}/{email}/{password_hash}", subject.key())
}

/// The account whose password a link resets, or the refusal.
fn open(call: &Call<'_>, id: &AccountId, secret: &str) -> Result<Account, CommandError> {
    let account = call.present(id)?.ok_or(ProblemCode::ResetLinkWrong)?;
    let subject = Subject::Account(account.id.clone());
    let context = digest_context(&subject, Some(&account));
    let matches = |reset: &Reset| call.keys.matches(&reset.digest, Purpose::Reset, &context, secret);
    let locked = tallies::get(call.sql, &subject)?.lock.is_some();
    recovery::decide(resets::get(call.sql, &subject)?.as_ref(), matches, locked, call.now)?;
    Ok(account)
}

/// Asks whether a link is good, and what a new password has to be like: before one is hashed.
#[derive(Serialize, Deserialize)]
pub struct CheckReset {
    /// The account that the link names.
    pub account: AccountId,
    /// Its secret.
    pub secret: String,
}

/// A good link.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResetCase {
    /// What its page shows.
    pub offer: ResetOffer,
    /// Names that the new password must not consist of. The present one's hash is not here: whoever holds the link would
    /// have a way to find out what the present password is, at no strike.
    pub about: Vec<String>,
}

impl Command for CheckReset {
    const NAME: &'static str = "check_reset";
    const NEEDS: Need = Need::Nothing;
    type Reply = ResetCase;

    fn run(self, call: &mut Call<'_>) -> Result<ResetCase, CommandError> {
        let account = open(call, &self.account, &self.secret)?;
        let settings = call.settings()?;
        let offer = ResetOffer {
            clinic: settings.name.clone(),
            person: seat::person(&settings, &account),
            length_min: settings.policies.password_length_min,
            language: account.language,
        };
        Ok(ResetCase { offer, about: password::about(&settings, &account) })
    }
}

/// Sets a new password with a link.
#[derive(Serialize, Deserialize)]
pub struct ResetPassword {
    /// The account that the link names.
    pub account: AccountId,
    /// Its secret.
    pub secret: String,
    /// The new password's hash as a PHC string.
    pub password_hash: String,
}

impl Command for ResetPassword {
    const NAME: &'static str = "reset_password";
    const NEEDS: Need = Need::Nothing;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        // Asked again: another may have used the link, or the account may have been locked, while the password was hashed.
        let before = open(call, &self.account, &self.secret)?;
        // Strikes stay. They count what was tried at the door since a right password, and a mailbox is none: the first
        // sign-in with the new one clears them.
        let account = password::set(call, before.clone(), self.password_hash)?;
        resets::forget(call.sql, &Subject::Account(account.id.clone()))?;
        sessions::end_all_of(call.sql, &account.id, None)?;
        pins::forget(call.sql, &account.id)?;
        call.tell(&Audience::Account(account.id.clone()));
        let settings = call.settings()?;
        // A phone in the street is no computer of the clinic's.
        let computer = call.computer()?.map(|computer| computer.label).unwrap_or_default();
        let place = Place { computer, address: call.caller.address.clone() };
        let user = seat::in_log(&settings, &account);
        call.log_at(Action::PasswordReset, user.clone(), user, &place)?;
        let key = format!("{}/password-changed/{}/{}", settings.code, account.id, before.version);
        call.mail(&settings, &Letter::PasswordReset, &account, &account, &place.computer, &key)?;
        Ok(Empty {})
    }
}
