//! A support case, in the clinic: a manager opens it, the desk reads it by its code, and its unlock is an owner's unlock in all
//! but the PIN.
//!
//! What the desk asks comes from the Worker alone, once the desk's object has said who the operator is.

use serde::{Deserialize, Serialize};
use wire::{
    Empty, Problem, ProblemCode,
    activities::{Action, Change, Changed, Subject as InLog},
    fields::{CaseCode, ClinicCode, Phone, Reason},
    ids::{AccountId, CaseId, OperatorId},
    rights::Permission,
    support::{CASE_CODE_LENGTH, CaseState, OpenCase, SupportCase, SupportOffer},
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
        activities::NewActivity,
        settings::Settings,
        sql::SqlError,
        support_cases,
        tallies::{self, Subject},
    },
    rules::{
        lockout::Lock,
        passwords::legible_password,
        roles::{self, Need},
        support::{CASE_LIFETIME_HOURS, CASES_MAX, Case, CaseEnd},
    },
};

/// Opens a case for a locked account.
#[derive(Debug, Serialize, Deserialize)]
pub struct OpenSupportCase {
    /// The locked account.
    pub id: AccountId,
    /// Why it can't wait for an owner.
    pub reason: String,
    /// Where support is to ring back.
    pub phone: String,
}

/// A case that the desk has yet to hear of.
#[derive(Serialize, Deserialize)]
pub struct OpenedSupportCase {
    /// Its code, told once.
    pub code: CaseCode,
    /// The clinic that it leads to.
    pub clinic: ClinicCode,
}

impl Command for OpenSupportCase {
    const NAME: &'static str = "open_support_case";
    const NEEDS: Need = Need::Support;
    const FRESH_PASSWORD: bool = true;
    type Reply = OpenedSupportCase;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<OpenedSupportCase, CommandError> {
        let reason = Reason::parse("reason", &self.reason)?;
        let phone: Phone = self.phone.parse()?;
        let (manager, account) = permitted(call, &self.id)?;
        let lock = lock_of(call, &account.id)?.ok_or(ProblemCode::NotLocked)?;
        if open_case(call, &account.id, Some(&lock))?.is_some() {
            return Err(ProblemCode::CaseOpen.into());
        }
        let opened = support_cases::opened_since(
            call.sql,
            &account.id,
            call.now.plus_minutes(-CASE_LIFETIME_HOURS * 60),
        )?;
        if let Some(oldest) = opened.first().filter(|_| opened.len() >= CASES_MAX as usize) {
            let wait = oldest.plus_minutes(CASE_LIFETIME_HOURS * 60).seconds_from(call.now);
            return Err(Problem::new(ProblemCode::CasesTooMany).retry_after(wait).into());
        }
        let code = CaseCode::from_generated(legible_password(call.random, CASE_CODE_LENGTH));
        let case = Case {
            id: CaseId::from_random(call.random_bytes()),
            digest: digest(call, &code),
            account: account.id.clone(),
            episode: lock.episode,
            locked_since: lock.since,
            manager: manager.account.id.clone(),
            phone: phone.as_str().to_owned(),
            reason: reason.as_str().to_owned(),
            opened_at: call.now,
            end: None,
        };
        support_cases::insert(call.sql, &case)?;
        let settings = call.settings()?;
        let changes = told(&settings, &case, &manager.account, None, &case.reason);
        call.log_changes(Action::SupportCaseOpened, seat::in_log(&settings, &account), &manager, changes)?;
        let letter = Letter::SupportCaseOpened {
            case: case.id.as_str(),
            manager: &manager.account.name.short(),
            reason: &case.reason,
        };
        mail_owners(call, &settings, &letter, &account, &manager.computer.label, "support-case", &case)?;
        Ok(OpenedSupportCase { code, clinic: call.clinic_code()? })
    }
}

/// Takes the open case of an account back.
#[derive(Debug, Serialize, Deserialize)]
pub struct WithdrawSupportCase {
    /// The account.
    pub id: AccountId,
}

impl Command for WithdrawSupportCase {
    const NAME: &'static str = "withdraw_support_case";
    const NEEDS: Need = Need::Support;
    type Reply = Empty;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        let (actor, account) = permitted(call, &self.id)?;
        let lock = lock_of(call, &account.id)?;
        let case = open_case(call, &account.id, lock.as_ref())?.ok_or(ProblemCode::CaseClosed)?;
        support_cases::end(call.sql, &case.id, CaseEnd::Withdrawn)?;
        let settings = call.settings()?;
        let changes = vec![changed(Changed::SupportCase, case.id.as_str())];
        call.log_changes(Action::SupportCaseWithdrawn, seat::in_log(&settings, &account), &actor, changes)?;
        Ok(Empty {})
    }
}

/// The operator for whom the desk asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseReader {
    /// The operator.
    pub id: OperatorId,
    /// The name.
    pub name: String,
}

/// Reads the case of a code, for the desk.
#[derive(Serialize, Deserialize)]
pub struct ReadCodedCase {
    /// The code that was read out.
    pub code: CaseCode,
    /// To whom.
    pub reader: CaseReader,
}

impl Command for ReadCodedCase {
    const NAME: &'static str = "read_coded_case";
    const NEEDS: Need = Need::Nothing;
    type Reply = SupportCase;

    fn run(self, call: &mut Call<'_>) -> Result<SupportCase, CommandError> {
        let case = support_cases::by_digest(call.sql, &digest(call, &self.code))?;
        let case = case.ok_or(ProblemCode::CaseCodeWrong)?;
        let facts = facts(call, &case)?;
        // Whoever holds the code of a case whose account was unlocked meanwhile is told so; of the others, nothing.
        match facts.state {
            CaseState::Open | CaseState::Moot => {
                note_reader(call, &case, &self.reader)?;
                Ok(facts)
            }
            CaseState::Used | CaseState::Withdrawn | CaseState::Expired => {
                Err(ProblemCode::CaseCodeWrong.into())
            }
        }
    }
}

/// Reads a case that the desk knows, as it stands now.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadSupportCase {
    /// The case.
    pub case: CaseId,
    /// Who looks.
    pub reader: CaseReader,
}

impl Command for ReadSupportCase {
    const NAME: &'static str = "read_support_case";
    const NEEDS: Need = Need::Nothing;
    type Reply = SupportCase;

    fn run(self, call: &mut Call<'_>) -> Result<SupportCase, CommandError> {
        let case = known(call, &self.case)?;
        note_reader(call, &case, &self.reader)?;
        facts(call, &case)
    }
}

/// Unlocks the account of a case. Asked twice, it is done once, and answers the same.
#[derive(Debug, Serialize, Deserialize)]
pub struct UnlockBySupport {
    /// The case.
    pub case: CaseId,
    /// The operator's name.
    pub operator: String,
    /// Why they believe who asked.
    pub why: String,
}

impl Command for UnlockBySupport {
    const NAME: &'static str = "unlock_by_support";
    const NEEDS: Need = Need::Nothing;
    type Reply = SupportCase;

    fn run(self, call: &mut Call<'_>) -> Result<SupportCase, CommandError> {
        let case = known(call, &self.case)?;
        let now = facts(call, &case)?;
        let lock = lock_of(call, &case.account)?;
        let (CaseState::Open, Some(lock), Some(account)) = (now.state, lock, call.present(&case.account)?)
        else {
            return Ok(now);
        };
        let manager = accounts::by_id(call.sql, &case.manager)?.ok_or(ProblemCode::NotFound)?;
        let settings = call.settings()?;
        support_cases::end(call.sql, &case.id, CaseEnd::Used)?;
        lock::end(call, &Subject::Account(account.id.clone()), Some(&account), &lock, "")?;
        call.append(NewActivity {
            action: Action::AccountUnlockedBySupport,
            user: seat::in_log(&settings, &account),
            by: InLog::Operator,
            computer: "",
            address: &call.caller.address,
            changes: told(&settings, &case, &manager, Some(&self.operator), &self.why),
        })?;
        let letter = Letter::SupportCaseUsed {
            case: case.id.as_str(),
            operator: &self.operator,
            manager: &manager.name.short(),
        };
        mail_owners(call, &settings, &letter, &account, "", "support-used", &case)?;
        Ok(SupportCase { state: CaseState::Used, ..now })
    }
}

/// What the one who looks at a locked account may ask of support; nothing where their role asks nothing of it.
pub(super) fn offer(
    call: &Call<'_>,
    viewer: &Account,
    account: &Account,
    lock: &Lock,
) -> Result<Option<SupportOffer>, SqlError> {
    let may = roles::support_permission(viewer.role, viewer.id == account.id);
    if may == Permission::NotAllowed {
        return Ok(None);
    }
    let settings = call.settings()?;
    let case = match open_case(call, &account.id, Some(lock))? {
        Some(case) => Some(OpenCase {
            by: written(call, &settings, &case.manager)?,
            expires_at: case.expires_at(),
            id: case.id,
        }),
        None => None,
    };
    Ok(Some(SupportOffer { may, case }))
}

/// Somebody who may ask support about an account.
fn permitted(call: &Call<'_>, id: &AccountId) -> Result<(SignedIn, Account), CommandError> {
    let actor = call.require_session()?;
    let account = accounts::by_id(call.sql, id)?.ok_or(ProblemCode::NotFound)?;
    users::require(roles::support_permission(actor.account.role, actor.account.id == account.id))?;
    if account.removed_at.is_some() {
        return Err(ProblemCode::UserRemoved.into());
    }
    Ok((actor, account))
}

fn lock_of(call: &Call<'_>, account: &AccountId) -> Result<Option<Lock>, SqlError> {
    Ok(tallies::get(call.sql, &Subject::Account(account.clone()))?.lock)
}

fn open_case(call: &Call<'_>, account: &AccountId, lock: Option<&Lock>) -> Result<Option<Case>, SqlError> {
    let newest = support_cases::newest_of(call.sql, account)?;
    Ok(newest.filter(|case| case.state(lock.map(|lock| &lock.episode), call.now) == CaseState::Open))
}

fn known(call: &Call<'_>, id: &CaseId) -> Result<Case, CommandError> {
    support_cases::by_id(call.sql, id)?.ok_or_else(|| ProblemCode::CaseClosed.into())
}

/// What the desk is told of a case.
fn facts(call: &Call<'_>, case: &Case) -> Result<SupportCase, CommandError> {
    let settings = call.settings()?;
    // A lock of somebody who was removed opens nothing.
    let lock = match call.present(&case.account)? {
        Some(_) => lock_of(call, &case.account)?,
        None => None,
    };
    Ok(SupportCase {
        id: case.id.clone(),
        clinic: settings.name.clone(),
        manager: written(call, &settings, &case.manager)?,
        phone: case.phone.clone(),
        account: written(call, &settings, &case.account)?,
        reason: case.reason.clone(),
        locked_since: case.locked_since,
        expires_at: case.expires_at(),
        state: case.state(lock.as_ref().map(|lock| &lock.episode), call.now),
    })
}

fn written(call: &Call<'_>, settings: &Settings, id: &AccountId) -> Result<String, SqlError> {
    let account = accounts::by_id(call.sql, id)?;
    Ok(account.map(|account| account.name.written(settings.language)).unwrap_or_default())
}

fn digest(call: &Call<'_>, code: &CaseCode) -> Vec<u8> {
    call.keys.digest(Purpose::SupportCase, "clinic", code.expose())
}

fn changed(what: Changed, new: &str) -> Change {
    Change { what, old: String::new(), new: new.to_owned() }
}

/// What the log says of a case: the same that the desk's log says.
fn told(
    settings: &Settings,
    case: &Case,
    manager: &Account,
    operator: Option<&str>,
    why: &str,
) -> Vec<Change> {
    let mut told = vec![changed(Changed::SupportCase, case.id.as_str())];
    told.extend(operator.map(|operator| changed(Changed::SupportOperator, operator)));
    told.push(changed(Changed::SupportManager, &manager.name.written(settings.language)));
    told.push(changed(Changed::SupportReason, why));
    told
}

/// The clinic hears of each operator who looks a case up, once.
fn note_reader(call: &mut Call<'_>, case: &Case, reader: &CaseReader) -> Result<(), CommandError> {
    if !support_cases::note_reader(call.sql, &case.id, &reader.id)? {
        return Ok(());
    }
    let settings = call.settings()?;
    let account = accounts::by_id(call.sql, &case.account)?.ok_or(ProblemCode::NotFound)?;
    let manager = accounts::by_id(call.sql, &case.manager)?.ok_or(ProblemCode::NotFound)?;
    call.append(NewActivity {
        action: Action::SupportCaseRead,
        user: seat::in_log(&settings, &account),
        by: InLog::Operator,
        computer: "",
        address: &call.caller.address,
        changes: told(&settings, case, &manager, Some(&reader.name), &case.reason),
    })?;
    let letter = Letter::SupportCaseRead {
        case: case.id.as_str(),
        operator: &reader.name,
        manager: &manager.name.short(),
    };
    let kind = format!("support-read-{}", reader.id);
    Ok(mail_owners(call, &settings, &letter, &account, "", &kind, case)?)
}

fn mail_owners(
    call: &mut Call<'_>,
    settings: &Settings,
    letter: &Letter<'_>,
    account: &Account,
    computer: &str,
    kind: &str,
    case: &Case,
) -> Result<(), SqlError> {
    for owner in accounts::owners(call.sql)? {
        let key = format!("{}/{kind}/{}/{}", settings.code, case.id, owner.id);
        call.mail(settings, letter, account, &owner, computer, &key)?;
    }
    Ok(())
}
