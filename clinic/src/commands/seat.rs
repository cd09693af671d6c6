//! Who calls, once it has been checked: the computer of step 1, its profile of step 2, the session of step 3.

use wire::{
    ProblemCode, Role, Timestamp,
    activities::{Action, Change, Changed, Subject},
    fields::ClinicCode,
    ids::{AccountId, ComputerId, EpisodeId},
    sign_in::{Me, Person, Seat, SignInState},
};

use crate::{
    call::{Audience, Call, CommandError},
    keys::Purpose,
    records::{
        accounts::{self, Account},
        activities::{self, NewActivity},
        computers::{self, Computer, Held},
        outbox,
        profiles::{self, Profile},
        sessions,
        settings::Settings,
        sql::SqlError,
        tallies,
    },
    rules::{lockout::Place, session as lifetimes},
};

/// Bytes of a token.
const TOKEN_BYTES: usize = 32;

/// Somebody who is signed in, where.
pub(crate) struct SignedIn {
    pub computer: Computer,
    pub account: Account,
}

impl Call<'_> {
    /// A new token, and the digest of it that is kept.
    pub(crate) fn new_token(&mut self) -> (String, Vec<u8>) {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
        let token = BASE64_URL_SAFE_NO_PAD.encode(self.random_bytes::<TOKEN_BYTES>());
        let digest = self.token_digest(&token);
        (token, digest)
    }

    /// The digest of a token. Where it is looked up is what tells a session's from a computer's. It is bound to the browser's key:
    /// with another one, or none, a copied cookie is as good as made up.
    pub(crate) fn token_digest(&self, token: &str) -> Vec<u8> {
        self.keys.digest(Purpose::Token, self.caller.key.as_deref().unwrap_or_default(), token)
    }

    /// Refuses a browser without a key where the clinic wants one.
    pub(super) fn require_key(&self) -> Result<(), CommandError> {
        match &self.caller.key {
            None if !self.settings()?.policies.browsers_without_key => Err(ProblemCode::KeyMissing.into()),
            _ => Ok(()),
        }
    }

    /// Ends the session and closes the question that the caller came with: whoever goes back a step leaves what lay behind it.
    pub(super) fn leave(&self) -> Result<(), SqlError> {
        if let Some(token) = &self.caller.session {
            sessions::end(self.sql, &self.token_digest(token))?;
        }
        if let Some(token) = &self.caller.question {
            sessions::close_question(self.sql, &self.token_digest(token))?;
        }
        Ok(())
    }

    /// The same, and gives up step 2.
    pub(super) fn leave_profile(&self) -> Result<(), SqlError> {
        if let Some(token) = &self.caller.profile {
            sessions::forget_profile(self.sql, &self.token_digest(token))?;
        }
        self.leave()
    }

    /// The same, and gives up step 1.
    pub(super) fn leave_computer(&self) -> Result<(), SqlError> {
        if let Some(token) = &self.caller.computer {
            computers::forget_token(self.sql, &self.token_digest(token))?;
        }
        self.leave_profile()
    }

    /// Takes step 1 from every browser on a computer, and all that stood on it.
    pub(super) fn end_computer(&self, computer: &ComputerId) -> Result<(), SqlError> {
        computers::forget_tokens_of(self.sql, computer, None)?;
        sessions::end_all_at(self.sql, computer)?;
        self.tell(&Audience::Computer(computer.clone()));
        Ok(())
    }

    pub(crate) fn new_episode(&mut self) -> EpisodeId {
        EpisodeId::from_random(self.random_bytes())
    }

    /// Where this caller types.
    pub(super) fn place(&self, computer: &Computer) -> Place {
        Place { computer: computer.label.clone(), address: self.caller.address.clone() }
    }

    /// Notes an activity of this caller.
    pub(super) fn log(
        &self,
        action: Action,
        user: Subject,
        by: Subject,
        computer: &Computer,
    ) -> Result<(), SqlError> {
        self.log_at(action, user, by, &self.place(computer))
    }

    /// Notes an activity that happened at a place.
    pub(super) fn log_at(
        &self,
        action: Action,
        user: Subject,
        by: Subject,
        place: &Place,
    ) -> Result<(), SqlError> {
        let Place { computer, address } = place;
        let new = NewActivity { action, user, by, computer, address, changes: self.marks(action) };
        self.append(new)
    }

    /// What the log says beside a step that was passed.
    fn marks(&self, action: Action) -> Vec<Change> {
        let passed = matches!(action, Action::ComputerAuthorized | Action::LoginSucceeded);
        let mark = || Change { what: Changed::BrowserKey, old: String::new(), new: "none".to_owned() };
        (passed && self.caller.key.is_none()).then(mark).into_iter().collect()
    }

    /// Notes what somebody who is signed in has changed.
    pub(super) fn log_changes(
        &self,
        action: Action,
        user: Subject,
        actor: &SignedIn,
        changes: Vec<Change>,
    ) -> Result<(), SqlError> {
        let by = in_log(&self.settings()?, &actor.account);
        let Place { computer, address } = &self.place(&actor.computer);
        self.append(NewActivity { action, user, by, computer, address, changes })
    }

    /// Notes an activity.
    pub(super) fn append(&self, new: NewActivity<'_>) -> Result<(), SqlError> {
        self.tell(&Audience::Log);
        self.logged.borrow_mut().push(new.action);
        activities::append(self.sql, new, self.now)
    }

    /// The computer that the caller holds a token of, if it is authorized still.
    pub(super) fn computer(&self) -> Result<Option<Computer>, SqlError> {
        let Some(token) = &self.caller.computer else { return Ok(None) };
        let digest = self.token_digest(token);
        let Some(held) = computers::by_token(self.sql, &digest)? else { return Ok(None) };
        let Held { computer, last_used_at, replaces } = held;
        let policies = self.settings()?.policies;
        if self.caller.key.is_none() && !policies.browsers_without_key {
            return Ok(None);
        }
        if last_used_at <= lifetimes::computer_lapsed_at(&policies, self.now) {
            return Ok(None);
        }
        if let Some(replaced) = replaces {
            computers::replace_token(self.sql, &digest, &replaced)?;
        }
        if lifetimes::last_use_is_stale(last_used_at, self.now) {
            computers::note_use(self.sql, &digest, self.now)?;
        }
        Ok(Some(computer))
    }

    /// The computer, or the refusal that sends the caller to step 1.
    pub(super) fn require_computer(&self) -> Result<Computer, CommandError> {
        self.computer()?.ok_or_else(|| ProblemCode::ComputerRequired.into())
    }

    /// Until when the computer's profile is authorized, if it is.
    pub(super) fn profile_expires_at(&self, computer: &Computer) -> Result<Option<Timestamp>, SqlError> {
        let Some(token) = &self.caller.profile else { return Ok(None) };
        sessions::profile_expires_at(self.sql, &self.token_digest(token), &computer.id, self.now)
    }

    /// The computer while nobody is signed in on it: a tab that was left at the door ends nothing for whoever has signed in
    /// in another one.
    pub(super) fn unattended(&self) -> Result<Option<Computer>, SqlError> {
        let Some(computer) = self.computer()? else { return Ok(None) };
        Ok(self.session(&computer)?.is_none().then_some(computer))
    }

    /// A computer with an authorized profile, or the refusal that sends the caller to step 1 or 2.
    pub(super) fn require_profile(&self) -> Result<Computer, CommandError> {
        let computer = self.require_computer()?;
        self.profile_expires_at(&computer)?.ok_or(ProblemCode::ProfileRequired)?;
        Ok(computer)
    }

    fn session(&self, computer: &Computer) -> Result<Option<Account>, SqlError> {
        let Some(token) = &self.caller.session else { return Ok(None) };
        let idle_since = lifetimes::idle_since(&self.settings()?.policies, self.now);
        match sessions::session(self.sql, &self.token_digest(token), self.now, idle_since)? {
            Some(bearer) if bearer.computer == computer.id => self.present(&bearer.account),
            _ => Ok(None),
        }
    }

    /// Refuses what would let somebody whose account is locked out of the lock again: their session goes on, and could change
    /// the policy, or make or take over somebody who unlocks them.
    pub(crate) fn require_unlocked(&self, account: &Account) -> Result<(), CommandError> {
        match tallies::get(self.sql, &tallies::Subject::Account(account.id.clone()))?.lock {
            Some(_) => Err(ProblemCode::UnlockFirst.into()),
            None => Ok(()),
        }
    }

    /// Refuses a session in which nobody has typed their password lately.
    pub(crate) fn require_fresh_password(&self) -> Result<(), CommandError> {
        let Some(token) = &self.caller.session else { return Err(ProblemCode::SessionRequired.into()) };
        match sessions::password_at(self.sql, &self.token_digest(token))? {
            Some(at) if lifetimes::password_is_fresh(at, self.now) => Ok(()),
            _ => Err(ProblemCode::PasswordNeeded.into()),
        }
    }

    /// Notes that the right password was typed in this session.
    pub(super) fn password_typed(&self) -> Result<(), SqlError> {
        match &self.caller.session {
            Some(token) => sessions::note_password(self.sql, &self.token_digest(token), self.now),
            None => Ok(()),
        }
    }

    /// Refuses an id that no account of this clinic has.
    pub(super) fn require_account(&self, id: &AccountId) -> Result<(), CommandError> {
        accounts::by_id(self.sql, id)?.map(drop).ok_or_else(|| ProblemCode::NotFound.into())
    }

    /// The account of somebody who works here.
    pub(super) fn present(&self, id: &AccountId) -> Result<Option<Account>, SqlError> {
        Ok(accounts::by_id(self.sql, id)?.filter(|account| account.removed_at.is_none()))
    }

    /// Who is signed in, or the refusal that sends the caller to sign in.
    ///
    /// A session that began before its account was locked goes on: whoever mistypes a colleague's password at the reception must
    /// not be able to throw that colleague out at the other end of the house. What a lock stops is every way to a new session.
    pub(crate) fn require_session(&self) -> Result<SignedIn, CommandError> {
        let computer = self.require_computer()?;
        let account = self.session(&computer)?.ok_or(ProblemCode::SessionRequired)?;
        Ok(SignedIn { computer, account })
    }

    fn question(&self, computer: &Computer) -> Result<Option<Account>, SqlError> {
        let Some(token) = &self.caller.question else { return Ok(None) };
        self.asked(sessions::question(self.sql, &self.token_digest(token), self.now)?, computer)
    }

    /// Who has said yes at this computer, and has yet to choose a password of their own.
    pub(super) fn choice(&self, computer: &Computer) -> Result<Option<Account>, SqlError> {
        let Some(token) = &self.caller.question else { return Ok(None) };
        self.asked(sessions::choice(self.sql, &self.token_digest(token), self.now)?, computer)
    }

    /// Whose question it is, if it was asked at this computer and the account is not locked.
    fn asked(
        &self,
        bearer: Option<sessions::Bearer>,
        computer: &Computer,
    ) -> Result<Option<Account>, SqlError> {
        let Some(bearer) = bearer.filter(|bearer| bearer.computer == computer.id) else { return Ok(None) };
        let Some(account) = self.present(&bearer.account)? else { return Ok(None) };
        let tally = tallies::get(self.sql, &tallies::Subject::Account(account.id.clone()))?;
        Ok(tally.lock.is_none().then_some(account))
    }

    /// How far the caller has come.
    pub(super) fn sign_in_state(&self) -> Result<SignInState, CommandError> {
        let Some(computer) = self.computer()? else { return Ok(SignInState::Computer) };
        let settings = self.settings()?;
        let seat = seat(&settings, &computer, &self.profile_of(&computer)?);
        if let Some(account) = self.session(&computer)? {
            return Ok(signed_in(self, &settings, seat, &account)?);
        }
        if self.profile_expires_at(&computer)?.is_none() {
            return Ok(SignInState::Profile { seat, now: self.now });
        }
        if let Some(account) = self.choice(&computer)? {
            return Ok(new_password(&settings, seat, &account));
        }
        Ok(match self.question(&computer)? {
            Some(account) => question(&settings, seat, &account),
            None => SignInState::User { seat },
        })
    }

    /// A profile's TOTP secret.
    pub(super) fn secret_of(&self, profile: &Profile) -> Result<Vec<u8>, SqlError> {
        self.keys
            .open(&profiles::seal_context(&profile.id), &profile.sealed_secret)
            .ok_or_else(|| SqlError("a profile's secret cannot be opened".into()))
    }

    /// The clinic's code.
    pub(super) fn clinic_code(&self) -> Result<ClinicCode, SqlError> {
        Ok(ClinicCode::from_generated(self.settings()?.code))
    }

    pub(super) fn profile_of(&self, computer: &Computer) -> Result<Profile, SqlError> {
        profiles::by_id(self.sql, &computer.profile)?
            .ok_or_else(|| SqlError("a computer's profile is missing".into()))
    }

    /// The seat of a computer, as the screens show it.
    pub(super) fn seat_of(&self, computer: &Computer) -> Result<Seat, SqlError> {
        Ok(seat(&self.settings()?, computer, &self.profile_of(computer)?))
    }
}

pub(super) fn seat(settings: &Settings, computer: &Computer, profile: &Profile) -> Seat {
    Seat {
        clinic: settings.name.clone(),
        computer: computer.label.clone(),
        profile: profile.name.clone(),
        language: settings.language,
        time_zone: settings.time_zone.clone(),
        idle_minutes: settings.policies.idle_minutes,
    }
}

pub(super) fn person(settings: &Settings, account: &Account) -> Person {
    Person { full_name: account.name.written(settings.language), login: account.login.clone() }
}

pub(super) fn question(settings: &Settings, seat: Seat, account: &Account) -> SignInState {
    SignInState::Question { seat, person: person(settings, account) }
}

pub(super) fn new_password(settings: &Settings, seat: Seat, account: &Account) -> SignInState {
    let length_min = settings.policies.password_length_min;
    SignInState::NewPassword { seat, person: person(settings, account), length_min }
}

pub(super) fn signed_in(
    call: &Call<'_>,
    settings: &Settings,
    seat: Seat,
    account: &Account,
) -> Result<SignInState, SqlError> {
    let mails_stuck_since = match account.role {
        Role::Owner => outbox::stuck_since(call.sql, call.now)?,
        _ => None,
    };
    let me = Me {
        account: account.id.clone(),
        full_name: account.name.written(settings.language),
        login: account.login.clone(),
        role: account.role,
        rights: account.rights(),
        mails_stuck_since,
    };
    Ok(SignInState::SignedIn { seat, me })
}

/// An account as the log names it.
pub(super) fn in_log(settings: &Settings, account: &Account) -> Subject {
    Subject::Account { id: account.id.clone(), name: account.name.written(settings.language) }
}
