//! A clinic as its object holds it: commands in, replies out, mails for the alarm. Everything else is in the records.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use wire::{Problem, ProblemCode, Timestamp, activities::Action, sign_in::SignInState};

#[cfg(feature = "trial")]
use crate::commands::bench_log::FillLog;
use crate::{
    call::{Audience, Call, CallKey, Caller, CommandError, Random},
    commands::{
        Command,
        activities::{CountFailures, ListActivities, ReadActivityChoices},
        activities_export::{BeginExport, ReadExport},
        archive::{
            CloseClinic, DeleteClinic, ReopenClinic, SignArchive, TakeArchivePage, TakeInClinic,
            WriteArchivePage,
        },
        computer::AuthorizeComputer,
        computers::{
            AddComputer, EditComputer, ListComputers, ReissueComputer, RemoveComputer, RevokeComputer,
        },
        dispatch,
        emergency::{ReopenProfile, UnlockOwner},
        first_day::{ReadFirstDay, TickFirstDay},
        import::{CheckImport, ImportUsers},
        live::OpenLive,
        lock::{self, ReadLock},
        login::{ReserveAttempt, SettleAttempt},
        mails::{ListMails, SendMailAgain},
        me::{ChangeLanguage, ReadMe, SignOutEverywhere},
        open_clinic::OpenClinic,
        outbox::{self, Delivery, OutgoingMail},
        password::{
            ChooseOwnPassword, ConfirmOwnPassword, ReadPasswordRules, ReserveOwnAttempt, SettleOwnAttempt,
        },
        people::{
            AddUser, BringBackUser, EditUser, MayManagePeople, MayRenewAccess, RemoveUser, RestoreAccess,
            SuggestLogin,
        },
        profile::AuthorizeProfile,
        profiles::{AddProfile, ReissueProfile, RemoveProfile, RenameProfile},
        question::AnswerQuestion,
        recovery::{CheckReset, RequestReset, ResetPassword},
        retention::{self, Trimmed},
        session::{LeaveComputer, LeaveProfile, ReadSignIn, ResetComputer, SignOut, UseSession},
        settings::{ChangePolicies, ChangeSettings, ReadSettings},
        setup::{ReadSetup, SetUpClinic},
        support::{OpenSupportCase, ReadCodedCase, ReadSupportCase, UnlockBySupport, WithdrawSupportCase},
        unlock::{SendPin, Unlock},
        users::{ListUsers, ReadUser},
    },
    keys::Keys,
    records::{
        self, activity_search, calls, schema,
        sql::{SqlError, Store},
        standing::{self, Standing},
    },
    rules::roles::Need,
};

/// A command on its way to an object.
#[derive(Serialize, Deserialize)]
pub(crate) struct Envelope<B> {
    pub command: String,
    pub caller: Caller,
    /// The key of a call that changes something: it is done once, however often it is delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<CallKey>,
    pub body: B,
}

impl Envelope<Box<RawValue>> {
    /// Reads the envelope of a command whose name is not known yet.
    pub fn read(text: &str) -> Result<Self, SqlError> {
        serde_json::from_str(text).map_err(|_| SqlError("an envelope cannot be read".into()))
    }
}

/// Writes a command for an object. With a key it can be delivered again when the answer got lost.
pub fn envelope<C: Command>(command: &C, caller: &Caller, key: Option<CallKey>) -> Result<String, SqlError> {
    let envelope = Envelope { command: C::NAME.to_owned(), caller: caller.clone(), key, body: command };
    serde_json::to_string(&envelope).map_err(|_| SqlError("a command cannot be written".into()))
}

/// What came of a command.
pub struct Answer {
    /// The JSON of a `Result<Reply, Problem>`.
    pub reply: String,
    /// What else follows.
    pub effects: Effects,
    /// Whether nothing is left of the clinic, so that its storage can go.
    pub emptied: bool,
}

/// What follows from what was done, once it is.
#[derive(Debug, Default)]
pub struct Effects {
    /// The tags of the sockets that are to be told to look again.
    pub told: BTreeSet<String>,
    /// What the log has got, for whoever counts it.
    pub logged: Vec<Action>,
}

/// A clinic. It remembers nothing that its records do not hold, but that they are up to date.
pub struct Clinic {
    keys: Keys,
    origin: String,
    migrated: Cell<bool>,
}

impl Clinic {
    /// A clinic whose links begin with `origin`.
    pub fn new(keys: Keys, origin: String) -> Self {
        Self { keys, origin, migrated: Cell::new(false) }
    }

    /// Answers a command, or repeats the answer where it was delivered before.
    ///
    /// # Errors
    /// When the records fail. Everything that the command wrote is rolled back then.
    pub fn answer(
        &self,
        store: &dyn Store,
        now: Timestamp,
        random: &mut dyn Random,
        envelope: &str,
    ) -> Result<Answer, SqlError> {
        let Envelope { command, caller, key, body } = Envelope::read(envelope)?;
        let is_there = self.is_there(store, now)?;
        let standing = if is_there { Some(standing::get(store)?) } else { None };
        if let Some(refusal) = refusal(standing, &command) {
            // Asked for once more, where the storage failed to go after the tables had gone.
            let emptied = standing.is_none() && command == DeleteClinic::NAME;
            return Ok(Answer { reply: written(&refusal)?, effects: Effects::default(), emptied });
        }
        let mut reply = String::new();
        let effects = self.within(store, now, random, &caller, &mut |call| {
            reply = once(call, key.as_ref(), is_there, |call| {
                if standing == Some(Standing::Open) {
                    lock::lapse(call)?;
                }
                CommandError::settled(dispatch(&command, body.get(), call))
            })?;
            Ok(())
        })?;
        let emptied = is_there && EMPTYING.contains(&command.as_str()) && !schema::is_opened(store)?;
        if emptied {
            self.migrated.set(false);
        }
        Ok(Answer { reply, effects, emptied })
    }

    /// Ends the locks that the policy ends by now. The alarm asks for it, so that screens and log need no one to come by.
    ///
    /// # Errors
    /// When the records fail.
    pub fn lapse_locks(
        &self,
        store: &dyn Store,
        now: Timestamp,
        random: &mut dyn Random,
    ) -> Result<Effects, SqlError> {
        if !self.serves(store, now)? {
            return Ok(Effects::default());
        }
        self.within(store, now, random, &Caller::default(), &mut |call| lock::lapse(call))
    }

    /// Lets a portion of the log go that is older than the policy says. The alarm asks for it until nothing more is.
    ///
    /// # Errors
    /// When the records fail. All of the portion is there still then.
    pub fn trim_log(
        &self,
        store: &dyn Store,
        now: Timestamp,
        random: &mut dyn Random,
    ) -> Result<(Trimmed, Effects), SqlError> {
        let mut trimmed = Trimmed::Nothing;
        if !self.serves(store, now)? {
            return Ok((trimmed, Effects::default()));
        }
        let effects = self.within(store, now, random, &Caller::default(), &mut |call| {
            trimmed = retention::trim(call)?;
            Ok(())
        })?;
        Ok((trimmed, effects))
    }

    /// When the oldest line of the log goes, for which the alarm has to ring as well.
    ///
    /// # Errors
    /// When the records fail.
    pub fn trims_at(&self, store: &dyn Store) -> Result<Option<Timestamp>, SqlError> {
        // A storage that has not been asked for anything since it got a new version may lack the table.
        if !self.migrated.get()
            || !records::settings::exist(store)?
            || standing::get(store)? != Standing::Open
        {
            return Ok(None);
        }
        retention::next_trim(store)
    }

    /// Runs `body` in one transaction, and gives back what follows.
    fn within(
        &self,
        store: &dyn Store,
        now: Timestamp,
        random: &mut dyn Random,
        caller: &Caller,
        body: &mut dyn FnMut(&mut Call<'_>) -> Result<(), SqlError>,
    ) -> Result<Effects, SqlError> {
        let (told, logged) = (RefCell::default(), RefCell::default());
        store.transaction(&mut || {
            body(&mut Call {
                sql: store,
                keys: &self.keys,
                now,
                random: &mut *random,
                caller,
                origin: &self.origin,
                told: &told,
                logged: &logged,
                settings: RefCell::default(),
            })
        })?;
        Ok(Effects { told: told.into_inner(), logged: logged.into_inner() })
    }

    /// Takes the mails that are due, putting each off for a while first: a crash while it is sent delays it. Gives back as well
    /// who is to look again, for those that are given up.
    ///
    /// # Errors
    /// When the records fail.
    pub fn take_due_mails(
        &self,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<(Vec<OutgoingMail>, BTreeSet<String>), SqlError> {
        let mut told = BTreeSet::new();
        let mut mails = Vec::new();
        // What waits in a clinic that was closed leaves from here: the archive has none of it.
        if !self.is_there(store, now)? || !records::settings::exist(store)? {
            return Ok((mails, told));
        }
        store.transaction(&mut || {
            let (taken, is_news) = outbox::take_due(store, &self.keys, now)?;
            mails = taken;
            told.extend(is_news.then(|| Audience::Deliveries.tag()));
            Ok(())
        })?;
        Ok((mails, told))
    }

    /// Notes what became of a mail, and gives back who is to look again.
    ///
    /// # Errors
    /// When the records fail.
    pub fn record_delivery(
        &self,
        store: &dyn Store,
        now: Timestamp,
        idempotency_key: &str,
        delivery: &Delivery,
    ) -> Result<BTreeSet<String>, SqlError> {
        let mut told = BTreeSet::new();
        store.transaction(&mut || {
            let is_news = outbox::record(store, now, idempotency_key, delivery)?;
            told.extend(is_news.then(|| Audience::Deliveries.tag()));
            Ok(())
        })?;
        Ok(told)
    }

    /// Since when the mail that has waited the longest waits.
    ///
    /// # Errors
    /// When the records fail.
    pub fn mail_waits_since(&self, store: &dyn Store) -> Result<Option<Timestamp>, SqlError> {
        // As with the log's oldest line.
        if self.migrated.get() { records::outbox::waits_since(store) } else { Ok(None) }
    }

    /// When the alarm has to ring next.
    ///
    /// # Errors
    /// When the records fail.
    pub fn wake_at(&self, store: &dyn Store, now: Timestamp) -> Result<Option<Timestamp>, SqlError> {
        let migrated = self.migrated.get();
        if (!migrated && !schema::is_opened(store)?) || !records::settings::exist(store)? {
            return Ok(None);
        }
        let standing = if migrated { standing::get(store)? } else { standing::of_any_version(store)? };
        let lapse = match standing {
            Standing::Open => lock::next_lapse(store)?,
            Standing::Closed | Standing::Arriving(_) => None,
        };
        Ok(records::outbox::next_due(store, now)?.into_iter().chain(lapse).min())
    }

    /// Whether a clinic is here for its people.
    fn serves(&self, store: &dyn Store, now: Timestamp) -> Result<bool, SqlError> {
        Ok(self.is_there(store, now)? && standing::get(store)? == Standing::Open)
    }

    /// Whether a clinic is kept here, with its tables brought up to date on the first call.
    fn is_there(&self, store: &dyn Store, now: Timestamp) -> Result<bool, SqlError> {
        if self.migrated.get() {
            return Ok(true);
        }
        if !schema::is_opened(store)? {
            return Ok(false);
        }
        // Pages of an older version arrive as they were written, and are brought up to date with the last of them.
        if let Standing::Arriving(_) = standing::of_any_version(store)? {
            return Ok(true);
        }
        store.transaction(&mut || {
            schema::migrate(store, now)?;
            self.migrated.set(activity_search::catch_up(store)?);
            Ok(())
        })?;
        Ok(true)
    }
}

/// What may leave nothing of a clinic.
const EMPTYING: [&str; 2] = [DeleteClinic::NAME, TakeArchivePage::NAME];

/// What is refused as the clinic stands; `None` of the standing is an object that holds no clinic.
fn refusal(standing: Option<Standing>, command: &str) -> Option<Result<Value, Problem>> {
    let is_one_of = |names: &[&str]| names.contains(&command);
    match standing {
        Some(Standing::Open) => None,
        None if is_one_of(&[OpenClinic::NAME, SetUpClinic::NAME, TakeArchivePage::NAME]) => None,
        Some(Standing::Arriving(_))
            if is_one_of(&[TakeArchivePage::NAME, TakeInClinic::NAME, DeleteClinic::NAME]) =>
        {
            None
        }
        None | Some(Standing::Arriving(_)) => Some(unopened(command)),
        Some(Standing::Closed) if is_one_of(&WHILE_CLOSED) => None,
        Some(Standing::Closed) => Some(Err(Problem::new(ProblemCode::ClinicClosed))),
    }
}

/// What can be asked of a clinic that is closed.
const WHILE_CLOSED: [&str; 6] = [
    CloseClinic::NAME,
    ReopenClinic::NAME,
    WriteArchivePage::NAME,
    SignArchive::NAME,
    TakeArchivePage::NAME,
    DeleteClinic::NAME,
];

/// What an object answers that holds no clinic: as if nothing of the caller's had ever been authorized.
fn unopened(command: &str) -> Result<Value, Problem> {
    match command {
        ReadSignIn::NAME => {
            serde_json::to_value(SignInState::Computer).map_err(|_| Problem::new(ProblemCode::Internal))
        }
        AuthorizeComputer::NAME => Err(Problem::about("password", ProblemCode::ComputerWrong)),
        ReadSetup::NAME => Ok(Value::Bool(false)),
        UnlockOwner::NAME
        | ReopenProfile::NAME
        | CloseClinic::NAME
        | ReopenClinic::NAME
        | WriteArchivePage::NAME
        | SignArchive::NAME
        | DeleteClinic::NAME => Err(Problem::about("clinic", ProblemCode::NotFound)),
        TakeInClinic::NAME => Err(Problem::about("end", ProblemCode::ArchiveWrong)),
        ReadCodedCase::NAME => Err(Problem::new(ProblemCode::CaseCodeWrong)),
        CheckReset::NAME | ResetPassword::NAME => Err(Problem::new(ProblemCode::ResetLinkWrong)),
        _ => Err(Problem::new(ProblemCode::ComputerRequired)),
    }
}

/// Does a call and keeps its answer, or gives back the answer that it had when it was delivered before. Where there are no records yet,
/// there is nowhere to look or to keep anything, unless the call itself brings them: then its answer is the first that they keep.
pub(crate) fn once(
    call: &mut Call<'_>,
    key: Option<&CallKey>,
    are_there: bool,
    body: impl FnOnce(&mut Call<'_>) -> Result<Result<Value, Problem>, SqlError>,
) -> Result<String, SqlError> {
    let Some(key) = key else { return written(&body(call)?) };
    if are_there && let Some(reply) = calls::answered(call.sql, call.keys, key)? {
        return Ok(reply);
    }
    let reply = written(&body(call)?)?;
    if are_there || schema::is_opened(call.sql)? {
        calls::keep(call.sql, call.keys, call.random_bytes(), key, &reply, call.now)?;
    }
    Ok(reply)
}

fn written(outcome: &Result<Value, Problem>) -> Result<String, SqlError> {
    serde_json::to_string(outcome).map_err(|_| SqlError("a reply cannot be written".into()))
}

fn run<C: Command>(body: &str, call: &mut Call<'_>) -> Result<Value, CommandError> {
    let command: C = serde_json::from_str(body).map_err(|_| SqlError("a command cannot be read".into()))?;
    if C::NEEDS != Need::Nothing {
        let account = call.require_session()?.account;
        // What does not exist here is not found, whoever asks: a foreign id looks the same to an employee and an owner.
        command.require_named(call)?;
        if !C::NEEDS.is_met_by(account.role, account.rights()) {
            return Err(ProblemCode::NotAllowed.into());
        }
        if !C::WHILE_LOCKED {
            call.require_unlocked(&account)?;
        }
        if C::FRESH_PASSWORD {
            call.require_fresh_password()?;
        }
    }
    let reply = command.run(call)?;
    Ok(serde_json::to_value(reply).map_err(|_| SqlError("a reply cannot be written".into()))?)
}

dispatch! {
    OpenClinic, ReadSetup, SetUpClinic, UnlockOwner, ReopenProfile,
    CloseClinic, ReopenClinic, WriteArchivePage, SignArchive, TakeArchivePage, TakeInClinic, DeleteClinic,
    ReadSignIn, AuthorizeComputer, AuthorizeProfile, ReserveAttempt, SettleAttempt, AnswerQuestion, ChooseOwnPassword,
    ReadPasswordRules, ReadLock, UseSession, SignOut, LeaveProfile, LeaveComputer, ResetComputer, OpenLive,
    RequestReset, CheckReset, ResetPassword,
    ReadMe, ReserveOwnAttempt, SettleOwnAttempt, ConfirmOwnPassword, ChangeLanguage, SignOutEverywhere,
    ListUsers, ReadUser, SendPin, Unlock,
    OpenSupportCase, WithdrawSupportCase, ReadCodedCase, ReadSupportCase, UnlockBySupport,
    SuggestLogin, AddUser, EditUser, RestoreAccess, RemoveUser, BringBackUser, CheckImport, MayManagePeople, MayRenewAccess, ImportUsers,
    ListComputers, AddComputer, EditComputer, RevokeComputer, ReissueComputer, RemoveComputer,
    AddProfile, RenameProfile, ReissueProfile, RemoveProfile,
    ListMails, SendMailAgain,
    ReadFirstDay, TickFirstDay,
    ListActivities, CountFailures, ReadActivityChoices, BeginExport, ReadExport, ReadSettings, ChangeSettings, ChangePolicies,
    #[cfg(feature = "trial")] FillLog,
}
