//! The emergency way (HIPAA 164.312(a)(2)(ii)): the operator of the deployment lets an owner try again, or a profile take codes again,
//! in a clinic where nobody else can. It gives no session, no password and no code: whoever is let in signs in as ever.
//!
//! The Worker asks for it once it has seen the operator's key.

use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode,
    activities::{Action, Change, Changed, Subject as InLog},
    fields::{Login, Name, Reason},
    ids::MailId,
    operator::Relieved,
};

use super::{Command, lock, seat};
use crate::{
    call::{Call, CommandError},
    mails::Letter,
    records::{
        accounts,
        activities::NewActivity,
        computers, profiles,
        settings::Settings,
        sql::SqlError,
        tallies::{self, Subject},
    },
    rules::{
        emergency::{self, Way},
        roles::Need,
        throttle,
    },
};

/// The page on which owners make a profile a new QR code.
const PROFILES_PAGE: &str = "/clinic/profiles";

/// Ends the lock of an owner while every owner is locked.
#[derive(Debug, Serialize, Deserialize)]
pub struct UnlockOwner {
    /// The owner's login.
    pub login: Login,
    /// Why, for the clinic's log and its owners.
    pub reason: String,
}

impl Command for UnlockOwner {
    const NAME: &'static str = "unlock_owner";
    const NEEDS: Need = Need::Nothing;
    type Reply = Relieved;

    fn run(self, call: &mut Call<'_>) -> Result<Relieved, CommandError> {
        let reason = Reason::parse("reason", &self.reason)?;
        let owners = accounts::owners(call.sql)?;
        let subjects = owners.iter().map(|owner| Subject::Account(owner.id.clone()));
        let locks = subjects.map(|subject| tallies::get(call.sql, &subject).map(|tally| tally.lock));
        let locks = locks.collect::<Result<Vec<_>, SqlError>>()?;
        let named = owners.iter().zip(&locks).find(|(owner, _)| owner.login == self.login.as_str());
        let (account, lock) = named.ok_or_else(|| Problem::about("login", ProblemCode::NotFound))?;
        let lock = lock.as_ref().ok_or_else(|| Problem::about("login", ProblemCode::NotLocked))?;
        if !emergency::no_owner_can_unlock(locks.iter().map(Option::is_some)) {
            return Err(Problem::about("login", ProblemCode::NotAnEmergency).into());
        }
        let settings = call.settings()?;
        lock::end(call, &Subject::Account(account.id.clone()), Some(account), lock, "")?;
        let user = seat::in_log(&settings, account);
        note(call, Action::AccountUnlockedInEmergency, user, Vec::new(), &reason)?;
        let letter = Letter::EmergencyUnlock { reason: reason.as_str() };
        for owner in &owners {
            let key = format!("{}/{}/emergency/{}", settings.code, lock.episode, owner.id);
            call.mail(&settings, &letter, account, owner, "", &key)?;
        }
        Ok(relieved(&settings, account.name.written(settings.language)))
    }
}

/// Lets a profile that wrong codes have stopped take codes again, while nobody gets through step 2 in any other.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReopenProfile {
    /// The profile's name.
    pub profile: String,
    /// Why, for the clinic's log and its owners.
    pub reason: String,
}

impl Command for ReopenProfile {
    const NAME: &'static str = "reopen_profile";
    const NEEDS: Need = Need::Nothing;
    type Reply = Relieved;

    fn run(self, call: &mut Call<'_>) -> Result<Relieved, CommandError> {
        let reason = Reason::parse("reason", &self.reason)?;
        let wanted = Name::parse("profile", &self.profile)?.as_str().to_lowercase();
        let all = profiles::all(call.sql)?;
        let named = all.iter().find(|profile| profile.name.to_lowercase() == wanted);
        let profile = named.ok_or_else(|| Problem::about("profile", ProblemCode::NotFound))?;
        let computers = computers::all(call.sql)?;
        let way = |of: &profiles::Profile| Way {
            stopped: of.wrong_codes >= throttle::PROFILE_WRONG_CODES_MAX,
            has_computer: computers.iter().any(|(one, _)| one.profile == of.id && one.revoked_at.is_none()),
        };
        // One that is not stopped, or that nobody could use, would help nobody.
        let helps = way(profile) == Way { stopped: true, has_computer: true };
        if !helps || !emergency::nobody_passes_step_2(all.iter().map(way)) {
            return Err(Problem::about("profile", ProblemCode::NotAnEmergency).into());
        }
        profiles::set_wrong_codes(call.sql, &profile.id, 0)?;
        let settings = call.settings()?;
        let named = Change { what: Changed::Profile, old: String::new(), new: profile.name.clone() };
        note(call, Action::ProfileReopened, InLog::Nobody, vec![named], &reason)?;
        let page = format!("{}{PROFILES_PAGE}", call.origin);
        let letter = Letter::ProfileReopened { profile: &profile.name, reason: reason.as_str(), page: &page };
        let event = MailId::from_random(call.random_bytes());
        for owner in accounts::owners(call.sql)? {
            let key = format!("{}/{event}/reopened/{}", settings.code, owner.id);
            call.mail(&settings, &letter, &owner, &owner, "", &key)?;
        }
        Ok(relieved(&settings, profile.name.clone()))
    }
}

/// Notes what the operator of the deployment did, and why.
pub(super) fn note(
    call: &Call<'_>,
    action: Action,
    user: InLog,
    mut changes: Vec<Change>,
    reason: &Reason,
) -> Result<(), SqlError> {
    let why = Change { what: Changed::SupportReason, old: String::new(), new: reason.as_str().to_owned() };
    changes.push(why);
    let address = &call.caller.address;
    call.append(NewActivity { action, user, by: InLog::Operator, computer: "", address, changes })
}

fn relieved(settings: &Settings, name: String) -> Relieved {
    Relieved { clinic: settings.name.clone(), name }
}
