//! The support desk, and the cases by which clinics ask it: what is noted at the desk before a clinic is asked, and after it has
//! answered.

use clinic::{
    commands::support::{
        OpenSupportCase, OpenedSupportCase, ReadCodedCase, ReadSupportCase, UnlockBySupport,
        WithdrawSupportCase,
    },
    desk::{
        BeginUnlock, FollowCase, Followed, MakeOperator, NoteCase, NoteSetupLink, PendingUnlock, ReadDesk,
        ReadDeskLog, ReadPendingUnlocks, RegisterCase, RemoveOperator, ReserveOperatorAttempt, SeekCase,
        SettleOperatorAttempt, SettleSeek, SignOutOperator, Sought, UnlockOperator,
    },
    rules::user_password::UserPassword,
};
use wire::{
    Empty, Problem, ProblemCode,
    fields::{CaseCode, Login, TotpCode},
    ids::CaseId,
    place::ClinicPlace,
    setup::SetupLink,
    support::{
        CaseCodeRequest, CaseQuery, CaseRequest, Desk, DeskCaseQuery, DeskLog, DeskLogQuery, MadeOperator,
        NewOperator, OpenedCase, OperatorCredentials, OperatorLogin, OperatorQuery, RemovedOperator,
        SupportCase, SupportUnlock,
    },
};

use super::{
    attempt::{self, Reserved},
    operator,
};
use crate::{clinics::Purpose, cookies::Cookie, password::Passwords, visit::Visit};

pub async fn open_case(visit: &mut Visit<'_>, request: CaseRequest) -> Result<OpenedCase, Problem> {
    let CaseRequest { id, reason, phone } = request;
    let opened = visit.change(&OpenSupportCase { id: id.parse()?, reason, phone }).await?;
    let OpenedSupportCase { code, clinic } = opened;
    // Should the desk not hear of it, nobody has the code: whoever asked finds the case open, withdraws it and asks anew.
    visit.ask_desk(&RegisterCase { code: code.clone(), clinic }, Purpose::Change).await?;
    Ok(OpenedCase { code: code.in_groups() })
}

pub async fn withdraw_case(visit: &mut Visit<'_>, request: CaseQuery) -> Result<Empty, Problem> {
    visit.change(&WithdrawSupportCase { id: request.id.parse()? }).await
}

pub async fn sign_in(visit: &mut Visit<'_>, request: OperatorCredentials) -> Result<Desk, Problem> {
    // All three before anything is counted or hashed.
    let login: Login = request.login.parse()?;
    let password: UserPassword = request.password.parse()?;
    let code: TotpCode = request.code.parse()?;
    let reserve = ReserveOperatorAttempt { login };
    // The desk gives no turns: it slows each network down.
    let asked = async |_| visit.ask_desk(&reserve, Purpose::Change).await;
    let Reserved { attempt, password_hash } = attempt::reserve_by(asked).await?;
    let right = Passwords::of_desk(visit.config).verify(&password, &password_hash);
    let token = visit.ask_desk(&SettleOperatorAttempt { attempt, right, code }, Purpose::Change).await?;
    visit.keep(Cookie::Support, &token);
    visit.become_operator(token);
    read_desk(visit).await
}

pub async fn sign_out(visit: &mut Visit<'_>, _: Empty) -> Result<Empty, Problem> {
    let done = visit.ask_desk(&SignOutOperator {}, Purpose::Change).await?;
    visit.forget(&[Cookie::Support]);
    Ok(done)
}

pub async fn desk(visit: &mut Visit<'_>, _: Empty) -> Result<Desk, Problem> {
    // What was cut off between the two objects is finished by whoever looks at the desk next. A clinic that does not answer
    // keeps nobody from the rest of it.
    for pending in visit.ask_desk(&ReadPendingUnlocks {}, Purpose::Read).await? {
        finish(visit, pending).await.ok();
    }
    read_desk(visit).await
}

async fn read_desk(visit: &Visit<'_>) -> Result<Desk, Problem> {
    let desk = visit.ask_desk(&ReadDesk {}, Purpose::Read).await?;
    Ok(Desk { jurisdictions: visit.config.jurisdictions.clone(), ..desk })
}

pub async fn log(visit: &mut Visit<'_>, request: DeskLogQuery) -> Result<DeskLog, Problem> {
    visit.ask_desk(&ReadDeskLog { before: request.before }, Purpose::Read).await
}

pub async fn look_up(visit: &mut Visit<'_>, request: CaseCodeRequest) -> Result<SupportCase, Problem> {
    let code: CaseCode = request.code.parse()?;
    let Sought { seek, clinic, reader } =
        visit.ask_desk(&SeekCase { code: code.clone() }, Purpose::Change).await?;
    let found = match clinic {
        None => None,
        Some(clinic) => {
            let asked = ReadCodedCase { code: code.clone(), reader };
            match visit.ask_for_desk(&clinic, &asked, Purpose::Change).await {
                Ok(case) => Some((clinic, case)),
                Err(Problem { code: ProblemCode::CaseCodeWrong, .. }) => None,
                Err(problem) => return Err(problem),
            }
        }
    };
    visit.ask_desk(&SettleSeek { seek, code, found }, Purpose::Change).await
}

pub async fn case(visit: &mut Visit<'_>, request: DeskCaseQuery) -> Result<SupportCase, Problem> {
    let case: CaseId = request.case.parse()?;
    let followed = visit.ask_desk(&FollowCase { case: case.clone() }, Purpose::Read).await?;
    let Followed { clinic, reader } = followed;
    let told = visit.ask_for_desk(&clinic, &ReadSupportCase { case, reader }, Purpose::Change).await?;
    visit.ask_desk(&NoteCase { told }, Purpose::Change).await
}

pub async fn unlock(visit: &mut Visit<'_>, request: SupportUnlock) -> Result<SupportCase, Problem> {
    let SupportUnlock { case, called_back, why } = request;
    let begun = BeginUnlock { case: case.parse()?, called_back, why };
    let pending = visit.ask_desk(&begun, Purpose::Change).await?;
    finish(visit, pending).await
}

/// The clinic unlocks once, however often it is asked, and the desk notes what it says.
async fn finish(visit: &Visit<'_>, pending: PendingUnlock) -> Result<SupportCase, Problem> {
    let PendingUnlock { clinic, case, operator, why } = pending;
    let told = visit.ask_for_desk(&clinic, &UnlockBySupport { case, operator, why }, Purpose::Change).await?;
    visit.ask_desk(&NoteCase { told }, Purpose::Change).await
}

pub async fn unlock_operator(visit: &mut Visit<'_>, request: OperatorQuery) -> Result<Desk, Problem> {
    let desk =
        visit.ask_desk(&UnlockOperator { operator: request.operator.parse()? }, Purpose::Change).await?;
    Ok(Desk { jurisdictions: visit.config.jurisdictions.clone(), ..desk })
}

pub async fn make_clinic_link(visit: &mut Visit<'_>, place: ClinicPlace) -> Result<SetupLink, Problem> {
    visit.can_keep_to(place.jurisdiction)?;
    visit.ask_desk(&NoteSetupLink {}, Purpose::Change).await?;
    operator::make_setup_link(visit, place).await
}

pub async fn make_operator(visit: &mut Visit<'_>, request: NewOperator) -> Result<MadeOperator, Problem> {
    let NewOperator { name, login } = request;
    let login: Login = login.parse()?;
    let first = Passwords::of_desk(visit.config).draw_operators()?;
    let command = MakeOperator { name, login: login.clone(), password_hash: first.hash };
    let otpauth_url = visit.ask_desk(&command, Purpose::Change).await?;
    Ok(MadeOperator { login: login.as_str().to_owned(), password: first.password, otpauth_url })
}

pub async fn remove_operator(
    visit: &mut Visit<'_>,
    request: OperatorLogin,
) -> Result<RemovedOperator, Problem> {
    visit.ask_desk(&RemoveOperator { login: request.login.parse()? }, Purpose::Change).await
}
