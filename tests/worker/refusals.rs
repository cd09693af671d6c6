//! Every refusal of the management can be met, with its status and beside its field, or is listed as one that cannot.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use wardkey_tests::{Client, Clinic, Wardkey};
use wire::{
    Endpoint, Problem, ProblemCode,
    computers::*,
    mails::SendMailAgain,
    me::{ChangePassword, ConfirmPassword},
    people::*,
    setup::CheckSetupLink,
};

use crate::{
    acts,
    routes::{self, Ids},
};

/// Met in the stories of the edge, of the three steps, of lock and unlock, of setup, of recovery, of the settings, of
/// the collisions, of the log, of support, of emergencies and of clinics that move.
const MET_ELSEWHERE: [ProblemCode; 65] = [
    ProblemCode::PasswordNeeded,
    ProblemCode::KeyMissing,
    ProblemCode::ProofWrong,
    ProblemCode::ProofStale,
    ProblemCode::MalformedRequest,
    ProblemCode::RequestTooLarge,
    ProblemCode::UnsupportedMediaType,
    ProblemCode::NotFound,
    ProblemCode::MethodNotAllowed,
    ProblemCode::ForeignOrigin,
    ProblemCode::Internal,
    ProblemCode::UsernameMalformed,
    ProblemCode::PasswordMissing,
    ProblemCode::PasswordTooLong,
    ProblemCode::CodeMalformed,
    ProblemCode::PinMalformed,
    ProblemCode::TimeZoneUnknown,
    ProblemCode::EditedMeanwhile,
    ProblemCode::SetupLinkExpired,
    ProblemCode::JurisdictionNotOffered,
    ProblemCode::SetupLinkUsed,
    ProblemCode::ComputerWrong,
    ProblemCode::SlowDown,
    ProblemCode::ComputerRequired,
    ProblemCode::ProfileRequired,
    ProblemCode::CodeWrong,
    ProblemCode::CodeUsed,
    ProblemCode::CodesPaused,
    ProblemCode::ProfileStopped,
    ProblemCode::LoginWrong,
    ProblemCode::AccountLocked,
    ProblemCode::QuestionExpired,
    ProblemCode::SessionRequired,
    ProblemCode::PasswordCommon,
    ProblemCode::PasswordNamesPerson,
    ProblemCode::PasswordUnchanged,
    ProblemCode::NotLocked,
    ProblemCode::NotAnEmergency,
    ProblemCode::ClinicClosed,
    ProblemCode::ClinicNotClosed,
    ProblemCode::ClinicExists,
    ProblemCode::ArchiveWrong,
    ProblemCode::PinWrong,
    ProblemCode::PinExpired,
    ProblemCode::PinSpent,
    ProblemCode::PinTriesExhausted,
    ProblemCode::PinTooMany,
    ProblemCode::OutOfBounds,
    ProblemCode::ResetLinkWrong,
    ProblemCode::ResetLocked,
    ProblemCode::DayMalformed,
    ProblemCode::PeriodBackwards,
    ProblemCode::WordsTooShort,
    ProblemCode::CaseCodeMalformed,
    ProblemCode::CaseCodeWrong,
    ProblemCode::CaseCodesPaused,
    ProblemCode::CaseOpen,
    ProblemCode::CaseClosed,
    ProblemCode::CasesTooMany,
    ProblemCode::CallBackMissing,
    ProblemCode::PhoneMalformed,
    ProblemCode::ReasonMalformed,
    ProblemCode::OperatorWrong,
    ProblemCode::OperatorLocked,
    ProblemCode::OperatorRequired,
];
/// Met by nobody over HTTP: a thousand sockets at once; and who could take the last owner away is that owner, who is told
/// before that nobody does this to themselves.
const MET_BY_NOBODY: [ProblemCode; 2] = [ProblemCode::Busy, ProblemCode::LastOwner];

/// Who meets what, where, beside which field.
type Case<'a> = (&'a Client, &'a str, Value, u16, ProblemCode, Option<&'a str>);

#[tokio::test]
async fn every_refusal_of_the_management_can_be_met() -> Result<()> {
    use ProblemCode as Code;
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let manager = clinic.signed_in("Reception 1", clinic.user("reid")?).await?;
    let administrator = clinic.signed_in("Ward 1", clinic.user("sys_harbour")?).await?;
    acts::lock(&clinic.at("Reception 2").await?, "hughes").await?;
    let Ids { account, removed, computer, computer_in_use, profile, mail } = Ids::of(&owner).await?;
    let locked = acts::account(&owner, "hughes").await?;
    let whitfield = acts::account(&owner, "whitfield").await?;
    let known = acts::person(wire::Role::Employee, "Newcomer", "newcomer");
    let person = |field: &str, value: Value| -> Result<Value> {
        let mut person = serde_json::to_value(&known)?;
        person[field] = value;
        Ok(person)
    };
    let all = json!({ "users": "edit", "computers": "edit", "activities": "edit", "settings": "edit" });
    let add = AddUser::PATH;
    let cases: Vec<Case<'_>> = vec![
        (
            &manager,
            AddComputer::PATH,
            json!({ "label": "x", "profile": profile }),
            403,
            Code::NotAllowed,
            None,
        ),
        (&owner, add, person("last_name", json!(""))?, 422, Code::NameMalformed, Some("last_name")),
        (&owner, add, person("email", json!("nowhere"))?, 422, Code::EmailMalformed, Some("email")),
        (&owner, add, person("login", json!("a b"))?, 422, Code::LoginMalformed, Some("login")),
        (&owner, add, person("login", json!("patel"))?, 409, Code::LoginTaken, Some("login")),
        (&owner, add, person("login", json!("oconnor"))?, 409, Code::LoginTaken, Some("login")),
        (&owner, add, person("login", json!("pate1"))?, 422, Code::LoginConfusable, Some("login")),
        (&owner, add, person("login", json!("раtеl"))?, 422, Code::LoginConfusable, Some("login")),
        (&owner, add, person("login", json!("sys_new"))?, 422, Code::LoginPrefix, Some("login")),
        (&manager, add, person("role", json!("manager"))?, 403, Code::RoleNotAllowed, Some("role")),
        (&administrator, add, person("role", json!("owner"))?, 403, Code::RoleNotAllowed, Some("role")),
        (&manager, add, person("rights", all)?, 403, Code::RightsNotAllowed, Some("rights")),
        (&owner, RemoveUser::PATH, json!({ "id": whitfield }), 403, Code::OwnAccount, None),
        (&owner, RemoveUser::PATH, json!({ "id": removed }), 409, Code::UserRemoved, None),
        (&owner, RestoreAccess::PATH, json!({ "id": locked }), 409, Code::UnlockFirst, None),
        (&owner, BringBackUser::PATH, json!({ "id": account }), 409, Code::UserNotRemoved, None),
        (&owner, SendMailAgain::PATH, json!({ "id": mail }), 409, Code::MailNotRepeatable, None),
        (&administrator, RemoveUser::PATH, json!({ "id": whitfield }), 403, Code::NotAllowed, None),
        (&owner, MakePasswords::PATH, json!({ "count": 11 }), 422, Code::OutOfBounds, Some("count")),
        (&owner, CheckImport::PATH, json!({ "text": "" }), 422, Code::ImportMalformed, Some("text")),
        (&owner, AddProfile::PATH, json!({ "name": "main" }), 409, Code::NameTaken, Some("name")),
        (&owner, RemoveProfile::PATH, json!({ "id": profile }), 409, Code::ProfileInUse, None),
        (&owner, RevokeComputer::PATH, json!({ "id": computer_in_use }), 403, Code::OwnComputer, None),
        (&owner, RemoveComputer::PATH, json!({ "id": computer }), 409, Code::ComputerNotRevoked, None),
        (&owner, CheckSetupLink::PATH, json!({ "token": "x" }), 403, Code::SetupLinkWrong, None),
        (
            &owner,
            ChangePassword::PATH,
            json!({ "current": "not mine at all", "password": "a fine new tune" }),
            422,
            Code::PasswordWrong,
            Some("current"),
        ),
        (
            &owner,
            ConfirmPassword::PATH,
            json!({ "own_password": "not mine at all" }),
            422,
            Code::PasswordWrong,
            Some("own_password"),
        ),
        (
            &owner,
            ChangePassword::PATH,
            json!({ "current": "x", "password": "tune" }),
            422,
            Code::PasswordTooShort,
            Some("password"),
        ),
    ];
    let mut met = BTreeSet::new();
    for (door, path, request, status, code, field) in &cases {
        met.insert(refused(door, path, request, *status, *code, *field).await?);
    }

    let mut window = acts::edit(&acts::window(&owner, "okafor").await?)?;
    window.fields.email = String::new();
    let request = serde_json::to_value(&window)?;
    met.insert(refused(&owner, EditUser::PATH, &request, 422, Code::EmailMissing, Some("email")).await?);
    owner.call::<RevokeComputer>(&ComputerQuery { id: computer.clone() }).await?;
    let again = json!({ "id": computer });
    met.insert(refused(&owner, RevokeComputer::PATH, &again, 409, Code::ComputerIsRevoked, None).await?);

    let known: BTreeSet<&str> =
        MET_ELSEWHERE.iter().chain(&MET_BY_NOBODY).map(|code| code.as_str()).chain(met).collect();
    let missing: Vec<&str> =
        ProblemCode::ALL.iter().map(|code| code.as_str()).filter(|code| !known.contains(code)).collect();
    ensure!(missing.is_empty(), "nobody has met {missing:?}");
    Ok(())
}

async fn refused(
    door: &Client,
    path: &str,
    request: &Value,
    status: u16,
    code: ProblemCode,
    field: Option<&str>,
) -> Result<&'static str> {
    let routes = routes::of_browsers(door).await?;
    let route = routes.iter().find(|route| route.path == path).context("no such route")?;
    let reply = routes::send(door, route, request).await?;
    ensure!(reply.status == status, "{path} {request}: {reply:?}");
    let Problem { code: told, field: beside, .. } = reply.problem()?;
    ensure!((told, beside.as_deref()) == (code, field), "{path} {request}: {reply:?}");
    Ok(code.as_str())
}
