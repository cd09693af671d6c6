//! Cases at the desk: a clinic's code waits to be read out, an operator looks it up, and the unlock is noted before the clinic is
//! asked for it and after it has answered.

use serde::{Deserialize, Serialize};
use wire::{
    Empty, Problem, ProblemCode,
    fields::{CaseCode, ClinicCode, Reason},
    ids::CaseId,
    support::{CaseState, DeskAction, SupportCase},
};

use super::require_operator;
use crate::{
    call::{Call, CommandError},
    commands::{Command, support::CaseReader},
    desk::records::{
        cases::{self, KnownCase},
        log,
        operators::{self, Operator},
    },
    keys::Purpose,
    rules::{
        roles::Need,
        support::{CASE_CODES_MAX, CASE_CODES_WINDOW_MINUTES, CASE_LIFETIME_HOURS},
    },
};

fn digest(call: &Call<'_>, code: &CaseCode) -> Vec<u8> {
    call.keys.digest(Purpose::SupportCase, "desk", code.expose())
}

/// The place that the way to a clinic is bound to: its code, so that who has the tables alone can't tell who asked for help.
fn seal_context(code: &CaseCode) -> String {
    format!("support case {}", code.expose())
}

/// Notes the code of a case that a clinic has just opened.
#[derive(Serialize, Deserialize)]
pub struct RegisterCase {
    /// The code.
    pub code: CaseCode,
    /// The clinic.
    pub clinic: ClinicCode,
}

impl Command for RegisterCase {
    const NAME: &'static str = "register_case";
    const NEEDS: Need = Need::Nothing;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        let nonce = call.random_bytes();
        let sealed = call.keys.seal(nonce, &seal_context(&self.code), self.clinic.as_str().as_bytes());
        let expires_at = call.now.plus_minutes(CASE_LIFETIME_HOURS * 60);
        cases::register(call.sql, &digest(call, &self.code), &sealed, call.now, expires_at)?;
        Ok(Empty {})
    }
}

/// Looks for the clinic of a code. It counts as wrong until the clinic has known it.
#[derive(Serialize, Deserialize)]
pub struct SeekCase {
    /// The code that was read out.
    pub code: CaseCode,
}

/// Where a code leads.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sought {
    /// The number of this look.
    pub seek: i64,
    /// The clinic to ask; none where no clinic gave out such a code.
    pub clinic: Option<ClinicCode>,
    /// For whom.
    pub reader: CaseReader,
}

impl Command for SeekCase {
    const NAME: &'static str = "seek_case";
    const NEEDS: Need = Need::Session;
    type Reply = Sought;

    fn run(self, call: &mut Call<'_>) -> Result<Sought, CommandError> {
        let operator = require_operator(call)?;
        let since = call.now.plus_minutes(-CASE_CODES_WINDOW_MINUTES);
        let wrong = cases::seeks(call.sql, &operator.id, since)?;
        if let Some(oldest) = wrong.first().filter(|_| wrong.len() >= CASE_CODES_MAX as usize) {
            let wait = oldest.plus_minutes(CASE_CODES_WINDOW_MINUTES).seconds_from(call.now);
            return Err(Problem::about("code", ProblemCode::CaseCodesPaused).retry_after(wait).into());
        }
        let seek = cases::seek(call.sql, &operator.id, call.now, since)?;
        let sealed = cases::unread(call.sql, &digest(call, &self.code), call.now)?;
        let clinic = sealed
            .and_then(|sealed| call.keys.open(&seal_context(&self.code), &sealed))
            .and_then(|clinic| String::from_utf8(clinic).ok());
        Ok(Sought { seek, clinic: clinic.map(ClinicCode::from_generated), reader: reader(operator) })
    }
}

/// Settles a look for a case.
#[derive(Serialize, Deserialize)]
pub struct SettleSeek {
    /// Its number.
    pub seek: i64,
    /// The code.
    pub code: CaseCode,
    /// What the clinic told; nothing where it knows no such case.
    pub found: Option<(ClinicCode, SupportCase)>,
}

impl Command for SettleSeek {
    const NAME: &'static str = "settle_seek";
    const NEEDS: Need = Need::Session;
    type Reply = SupportCase;

    fn run(self, call: &mut Call<'_>) -> Result<SupportCase, CommandError> {
        let operator = require_operator(call)?;
        let Some((clinic, told)) = self.found else {
            log::note(call, DeskAction::CaseRefused, &operator.name, None)?;
            return Err(Problem::about("code", ProblemCode::CaseCodeWrong).into());
        };
        cases::found(call.sql, self.seek)?;
        cases::spend(call.sql, &digest(call, &self.code))?;
        cases::save(call.sql, &clinic, &told, call.now)?;
        log::note(call, DeskAction::CaseLookedUp, &operator.name, Some(log::told(&told, "")))?;
        if told.state != CaseState::Open {
            log::note(call, DeskAction::CaseClosed, &operator.name, Some(log::told(&told, "")))?;
        }
        Ok(told)
    }
}

/// Tells which clinic to ask about a case of the desk's, and for whom.
#[derive(Debug, Serialize, Deserialize)]
pub struct FollowCase {
    /// The case.
    pub case: CaseId,
}

/// Whom to ask about a case, and for whom.
#[derive(Debug, Serialize, Deserialize)]
pub struct Followed {
    /// The clinic.
    pub clinic: ClinicCode,
    /// The operator.
    pub reader: CaseReader,
}

impl Command for FollowCase {
    const NAME: &'static str = "follow_case";
    const NEEDS: Need = Need::Session;
    type Reply = Followed;

    fn run(self, call: &mut Call<'_>) -> Result<Followed, CommandError> {
        let operator = require_operator(call)?;
        Ok(Followed { clinic: known(call, &self.case)?.clinic, reader: reader(operator) })
    }
}

/// Notes what a clinic tells of a case now, whatever it was asked for. What was noted before is not noted twice.
#[derive(Debug, Serialize, Deserialize)]
pub struct NoteCase {
    /// What the clinic told.
    pub told: SupportCase,
}

impl Command for NoteCase {
    const NAME: &'static str = "note_case";
    const NEEDS: Need = Need::Session;
    type Reply = SupportCase;

    fn run(self, call: &mut Call<'_>) -> Result<SupportCase, CommandError> {
        let actor = require_operator(call)?;
        let before = known(call, &self.told.id)?;
        cases::save(call.sql, &before.clinic, &self.told, call.now)?;
        // While it is open, an unlock that a colleague has begun goes on.
        if self.told.state == CaseState::Open {
            return Ok(self.told);
        }
        cases::set_unlock(call.sql, &self.told.id, None)?;
        if before.told.state != CaseState::Open {
            return Ok(self.told);
        }
        let (operator, why) = match before.unlock {
            Some((id, why)) => (operators::name_of(call.sql, &id)?, why),
            None => (None, String::new()),
        };
        let operator = operator.unwrap_or(actor.name);
        let action = match self.told.state {
            CaseState::Used => DeskAction::AccountUnlocked,
            _ => DeskAction::CaseClosed,
        };
        log::note(call, action, &operator, Some(log::told(&self.told, &why)))?;
        Ok(self.told)
    }
}

/// Begins an unlock: who and why are noted before the clinic is asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct BeginUnlock {
    /// The case.
    pub case: CaseId,
    /// Whether the caller was rung back.
    pub called_back: bool,
    /// Why the operator believes them.
    pub why: String,
}

/// An unlock that the clinic is to be asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingUnlock {
    /// The clinic.
    pub clinic: ClinicCode,
    /// The case.
    pub case: CaseId,
    /// The operator's name.
    pub operator: String,
    /// Why.
    pub why: String,
}

impl Command for BeginUnlock {
    const NAME: &'static str = "begin_unlock";
    const NEEDS: Need = Need::Session;
    type Reply = PendingUnlock;

    fn run(self, call: &mut Call<'_>) -> Result<PendingUnlock, CommandError> {
        let operator = require_operator(call)?;
        if !self.called_back {
            return Err(Problem::about("called_back", ProblemCode::CallBackMissing).into());
        }
        let why = Reason::parse("why", &self.why)?;
        let case = known(call, &self.case)?;
        if case.told.state != CaseState::Open || case.told.expires_at <= call.now {
            return Err(ProblemCode::CaseClosed.into());
        }
        // One that was begun before is finished as it was begun: the clinic may have logged it already.
        if case.unlock.is_none() {
            cases::set_unlock(call.sql, &self.case, Some((&operator.id, why.as_str())))?;
        }
        pending(call, known(call, &self.case)?)
    }
}

/// Tells which unlocks were begun and have no end yet: the Worker died between the clinic's object and the desk's, and asks again.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadPendingUnlocks {}

impl Command for ReadPendingUnlocks {
    const NAME: &'static str = "read_pending_unlocks";
    const NEEDS: Need = Need::Session;
    type Reply = Vec<PendingUnlock>;

    fn run(self, call: &mut Call<'_>) -> Result<Vec<PendingUnlock>, CommandError> {
        cases::pending(call.sql)?.into_iter().map(|case| pending(call, case)).collect()
    }
}

fn reader(operator: Operator) -> CaseReader {
    CaseReader { id: operator.id, name: operator.name }
}

fn known(call: &Call<'_>, id: &CaseId) -> Result<KnownCase, CommandError> {
    cases::by_id(call.sql, id)?.ok_or_else(|| ProblemCode::NotFound.into())
}

fn pending(call: &Call<'_>, case: KnownCase) -> Result<PendingUnlock, CommandError> {
    let (operator, why) = case.unlock.ok_or(ProblemCode::CaseClosed)?;
    let operator = operators::name_of(call.sql, &operator)?.ok_or(ProblemCode::NotFound)?;
    Ok(PendingUnlock { clinic: case.clinic, case: case.told.id, operator, why })
}
