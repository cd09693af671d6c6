//! The JSON of every request and reply, pinned to the letter: an old app may still be open when a new Worker arrives, and the
//! other way round. A change here is a change of the protocol.

use serde::{Serialize, de::DeserializeOwned};
use wire::{
    Empty, Language, Role, Timestamp,
    activities::{
        Action, ActivitiesPage, ActivitiesQuery, ActivityChoices, ActivityLine, ExportFormat, ExportWish,
        FailureChart, Subject,
    },
    archive::{
        ArchiveEndWish, ArchiveKeyText, ArrivingPage, ClinicDeletion, ClinicReason, ClosedClinic, PageWish,
        SealedPage, SignedArchive, TakenInClinic,
    },
    computers::{
        AccessForm, ComputerChange, ComputerList, ComputerQuery, NewComputerRequest, NewProfileRequest,
        ProfileChange, ProfileQuery,
    },
    first_day::{FirstDay, FirstDayTick},
    health::Health,
    help::{HelpAnswer, HelpCount},
    ids::{AccountId, MailId},
    live::Live,
    mails::{MailKind, MailList, MailQuery, MailRecord, MailState, MailTrouble, MailTroubleCode},
    me::{LanguageChange, MyAccount, PasswordChange, PasswordConfirmation},
    monitoring::{Check, CheckedPart, Checkup},
    operator::{
        ComputerSecret, NewClinic, NewComputer, NewUser, OpenedClinic, OwnerUnlock, ProfileReopening,
        ProfileSecret, Relieved, UserSecret,
    },
    people::{
        AddedUser, Import, ImportReport, ImportText, Imported, LoginSuggestion, LoginWish, MadePasswords,
        PasswordWish, PersonFields, UserChange,
    },
    place::{ClinicPlace, Jurisdiction, Region},
    recovery::{ResetChoice, ResetLink, ResetOffer, ResetRequest},
    rights::{Permission, Right, Rights},
    settings::{ClinicSettings, Policies, PoliciesChange, SettingsChange},
    setup::{SetupDone, SetupLink, SetupOffer, SetupRequest, SetupToken},
    sign_in::{
        Answer, ComputerCredentials, LockQuery, LockState, Me, OwnPassword, Person, ProfileCode, Seat,
        SignInState, UserCredentials,
    },
    signed::LogKeyText,
    support::{
        CaseCodeRequest, CaseQuery, CaseRequest, CaseState, Desk, DeskCaseQuery, DeskLog, DeskLogQuery,
        MadeOperator, NewOperator, OpenedCase, OperatorCredentials, OperatorLogin, OperatorQuery,
        RemovedOperator, SupportCase, SupportOffer, SupportUnlock,
    },
    users::{
        LastSignIn, LockEpisode, LockRecord, PinRequest, PinSent, UnlockPermission, UnlockRequest, User,
        UserDetails, UserList, UserQuery, UserStatus, UserWindow,
    },
};

fn pinned<T: Serialize + DeserializeOwned>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    let read: T = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
}

fn refused<T: DeserializeOwned>(json: &str) {
    assert!(serde_json::from_str::<T>(json).is_err(), "{json}");
}

fn id() -> AccountId {
    "0123456789abcdef".parse().unwrap()
}

fn seat() -> Seat {
    Seat {
        clinic: "Harbour".into(),
        computer: "Reception 1".into(),
        profile: "Main".into(),
        language: Language::En,
        time_zone: "Europe/London".into(),
        idle_minutes: 10,
    }
}

const SEAT: &str = r#""seat":{"clinic":"Harbour","computer":"Reception 1","profile":"Main","language":"en","time_zone":"Europe/London","idle_minutes":10}"#;

fn user(status: UserStatus) -> User {
    User {
        id: id(),
        full_name: "Jane Porter".into(),
        login: "porter".into(),
        position: "Nurse".into(),
        role: Role::Employee,
        status,
    }
}

#[test]
fn health() {
    pinned(&Health { status: "ok".into(), version: "0.1.0".into() }, r#"{"status":"ok","version":"0.1.0"}"#);
    pinned(&Empty {}, "{}");
    refused::<Empty>(r#"{"more":1}"#);
}

#[test]
fn monitoring() {
    let check = |part, ok, why: Option<&str>| Check { part, ok, millis: 7, why: why.map(str::to_owned) };
    for (part, text) in [
        (CheckedPart::Variables, "variables"),
        (CheckedPart::Object, "object"),
        (CheckedPart::Hash, "hash"),
        (CheckedPart::Clock, "clock"),
        (CheckedPart::Mails, "mails"),
    ] {
        assert_eq!(part.as_str(), text);
        let json = format!(r#"{{"part":"{text}","ok":true,"millis":7}}"#);
        pinned(&check(part, true, None), &json);
    }
    pinned(
        &Checkup {
            ok: false,
            version: "0.1.0".into(),
            at: Timestamp(9),
            address: "192.0.2.7".into(),
            checks: vec![check(CheckedPart::Mails, false, Some("no answer"))],
        },
        r#"{"ok":false,"version":"0.1.0","at":9,"address":"192.0.2.7","checks":[{"part":"mails","ok":false,"millis":7,"why":"no answer"}]}"#,
    );
}

#[test]
fn log_key() {
    pinned(&LogKeyText { key: "8a88".into() }, r#"{"key":"8a88"}"#);
}

#[test]
fn steps() {
    pinned(
        &ComputerCredentials { username: "a".into(), password: "b".into() },
        r#"{"username":"a","password":"b"}"#,
    );
    pinned(&ProfileCode { code: "123456".into() }, r#"{"code":"123456"}"#);
    pinned(&UserCredentials { login: "a".into(), password: "b".into() }, r#"{"login":"a","password":"b"}"#);
    pinned(&Answer { yes: true }, r#"{"yes":true}"#);
    pinned(&LockQuery { login: "a".into() }, r#"{"login":"a"}"#);
    pinned(&LockState { locked: false, until: None, again: true }, r#"{"locked":false,"again":true}"#);
    let until = Some(Timestamp(1_795_344_060_000));
    pinned(
        &LockState { locked: true, until, again: false },
        r#"{"locked":true,"until":1795344060000,"again":false}"#,
    );
    refused::<UserCredentials>(r#"{"login":"a","login":"c","password":"b"}"#);
    refused::<UserCredentials>(r#"{"login":["a"],"password":"b"}"#);
    refused::<UserCredentials>(r#"{"login":"a"}"#);
}

#[test]
fn sign_in_states() {
    pinned(&SignInState::Computer, r#"{"step":"computer"}"#);
    pinned(
        &SignInState::Profile { seat: seat(), now: Timestamp(7) },
        &format!(r#"{{"step":"profile",{SEAT},"now":7}}"#),
    );
    pinned(&SignInState::User { seat: seat() }, &format!(r#"{{"step":"user",{SEAT}}}"#));
    let person = Person { full_name: "Jane Porter".into(), login: "porter".into() };
    pinned(
        &SignInState::Question { seat: seat(), person },
        &format!(r#"{{"step":"question",{SEAT},"person":{{"full_name":"Jane Porter","login":"porter"}}}}"#),
    );
    let me = Me {
        account: id(),
        full_name: "Jane Porter".into(),
        login: "porter".into(),
        role: Role::SystemAdministrator,
        rights: Rights { users: Right::Edit, computers: Right::Read, ..Rights::default() },
        mails_stuck_since: None,
    };
    pinned(
        &SignInState::SignedIn { seat: seat(), me },
        &format!(
            r#"{{"step":"signed_in",{SEAT},"me":{{"account":"0123456789abcdef","full_name":"Jane Porter","login":"porter","role":"system_administrator","rights":{{"users":"edit","computers":"read","activities":"none","settings":"none"}}}}}}"#
        ),
    );
}

#[test]
fn users() {
    const ACTIVE: &str = r#"{"id":"0123456789abcdef","full_name":"Jane Porter","login":"porter","position":"Nurse","role":"employee","status":{"is":"active"}}"#;
    const LOCKED: &str = r#"{"id":"0123456789abcdef","full_name":"Jane Porter","login":"porter","position":"Nurse","role":"employee","status":{"is":"locked","since":7}}"#;
    const PIN: &str = r#"{"email_hint":"a…@b.c","expires_at":9,"tries_left":5}"#;
    let pin = PinSent { email_hint: "a…@b.c".into(), expires_at: Timestamp(9), tries_left: 5 };
    pinned(
        &UserList { users: vec![user(UserStatus::Active)], may_add: vec![Role::Employee] },
        &format!(r#"{{"users":[{ACTIVE}],"may_add":["employee"]}}"#),
    );
    pinned(&UserQuery { id: "x".into() }, r#"{"id":"x"}"#);
    pinned(&PinRequest { id: "x".into() }, r#"{"id":"x"}"#);
    pinned(&UnlockRequest { id: "x".into(), pin: "123456".into() }, r#"{"id":"x","pin":"123456"}"#);
    pinned(&pin, PIN);
    pinned(
        &UserWindow {
            user: user(UserStatus::Active),
            email: "a@b.c".into(),
            last_sign_in: None,
            lock: None,
            details: None,
        },
        &format!(r#"{{"user":{ACTIVE},"email":"a@b.c","last_sign_in":null,"lock":null,"details":null}}"#),
    );
    let lock = LockEpisode {
        since: Timestamp(7),
        record: Some(LockRecord { computer: "Reception 1".into(), tries_since: 2 }),
        unlock: UnlockPermission::OnlyOwners,
        pin: Some(pin),
        support: None,
    };
    pinned(
        &UserWindow {
            user: user(UserStatus::Locked { since: Timestamp(7) }),
            email: String::new(),
            last_sign_in: Some(LastSignIn { at: Some(Timestamp(3)) }),
            lock: Some(lock),
            details: None,
        },
        &format!(
            r#"{{"user":{LOCKED},"email":"","last_sign_in":{{"at":3}},"lock":{{"since":7,"record":{{"computer":"Reception 1","tries_since":2}},"unlock":"only_owners","pin":{PIN}}},"details":null}}"#
        ),
    );
    pinned(&UnlockPermission::Allowed, r#""allowed""#);
    pinned(&UnlockPermission::OwnAccount, r#""own_account""#);
    pinned(&UnlockPermission::NoEmail, r#""no_email""#);
    refused::<UnlockRequest>(r#"{"id":"x","pin":["123456","654321"]}"#);
    refused::<UnlockRequest>(r#"{"id":"x","pin":123456}"#);
}

#[test]
fn activities() {
    pinned(&ActivitiesQuery::default(), "{}");
    pinned(
        &ActivitiesQuery {
            before: Some(9),
            limit: Some(50),
            user: Some("x".into()),
            actions: Some("login_failed,account_locked".into()),
            computer: Some("Reception 1".into()),
            from: Some("2026-11-21".into()),
            until: Some("2026-11-22".into()),
            words: Some("jane".into()),
        },
        r#"{"before":9,"limit":50,"user":"x","actions":"login_failed,account_locked","computer":"Reception 1","from":"2026-11-21","until":"2026-11-22","words":"jane"}"#,
    );
    stays::<FailureChart>(
        r#"{"hourly":false,"bars":[{"at":7,"end":9,"from":"2026-11-21","until":"2026-11-22","failures":3}]}"#,
    );
    stays::<ActivityChoices>(
        r#"{"people":[{"id":"0123456789abcdef","name":"Jane Porter"}],"computers":["Reception 1"],"may_export":true}"#,
    );
    pinned(
        &ExportWish {
            format: ExportFormat::Jsonl,
            user: None,
            actions: Some("login_failed".into()),
            computer: None,
            from: None,
            until: None,
            words: Some("jane".into()),
        },
        r#"{"format":"jsonl","actions":"login_failed","words":"jane"}"#,
    );
    refused::<ExportWish>(r#"{"actions":"login_failed"}"#);
    for format in ExportFormat::ALL {
        pinned(&format, &format!("\"{}\"", format.name()));
    }
    let line = ActivityLine {
        seq: 1,
        at: Timestamp(7),
        action: Action::LoginFailedLocked,
        user: Subject::Account { id: id(), name: "Jane Porter".into() },
        by: Subject::Nobody,
        computer: "Reception 1".into(),
        address: "127.0.0.1".into(),
        changes: Vec::new(),
    };
    pinned(
        &ActivitiesPage { lines: vec![line], next: Some(1) },
        r#"{"lines":[{"seq":1,"at":7,"action":"login_failed_locked","user":{"is":"account","id":"0123456789abcdef","name":"Jane Porter"},"by":{"is":"nobody"},"computer":"Reception 1","address":"127.0.0.1"}],"next":1}"#,
    );
    pinned(&Subject::UnknownLogin, r#"{"is":"unknown_login"}"#);
    pinned(&Subject::Operator, r#"{"is":"operator"}"#);
    let names: Vec<_> = Action::ALL.iter().map(|action| serde_json::to_string(action).unwrap()).collect();
    assert_eq!(
        names.join(" ").replace('"', ""),
        "clinic_opened computer_authorized computer_authorization_failed profile_authorized profile_authorization_failed \
         profile_left login_succeeded login_declined login_failed login_failed_locked account_locked pin_sent account_unlock_failed \
         account_unlocked signed_out account_unlocked_automatically mail_sent_again password_changed password_reset_requested \
         password_reset_requested_locked password_reset signed_out_everywhere user_added user_edited user_removed \
         user_brought_back access_restored computer_added computer_edited computer_revoked computer_reissued \
         computer_removed computer_reset profile_added profile_renamed profile_reissued profile_removed settings_changed policy_changed \
         support_case_opened support_case_read support_case_withdrawn account_unlocked_by_support account_unlocked_in_emergency profile_reopened log_exported log_trimmed \
         clinic_closed clinic_reopened clinic_taken_in"
    );
}

#[test]
fn archives() {
    let key = "01".repeat(32);
    stays::<ArchiveKeyText>(&format!(r#"{{"key":"{key}"}}"#));
    stays::<ClinicReason>(r#"{"clinic":"k7m2qx4p9d","reason":"It moves"}"#);
    stays::<ClosedClinic>(r#"{"name":"Harbour","seq":9}"#);
    stays::<PageWish>(&format!(
        r#"{{"clinic":"k7m2qx4p9d","to":"{key}","number":0,"place":{{"table":1,"after":200}}}}"#
    ));
    stays::<SealedPage>(r#"{"sealed":"AAAA","next":{"table":1,"after":200}}"#);
    stays::<SealedPage>(r#"{"sealed":"AAAA"}"#);
    stays::<ArchiveEndWish>(&format!(r#"{{"clinic":"k7m2qx4p9d","to":"{key}","pages":2,"digest":"{key}"}}"#));
    stays::<SignedArchive>(r#"{"end":"{}"}"#);
    stays::<ArrivingPage>(r#"{"clinic":"k7m2qx4p9d","number":0,"sealed":"AAAA"}"#);
    stays::<TakenInClinic>(r#"{"name":"Harbour","people":12,"computers":4,"seq":9}"#);
    stays::<ClinicDeletion>(r#"{"clinic":"k7m2qx4p9d","name":"Harbour","seq":9}"#);
    stays::<ClinicDeletion>(r#"{"clinic":"k7m2qx4p9d","name":"Harbour"}"#);
    refused::<ClinicDeletion>(r#"{"clinic":"k7m2qx4p9d","name":"Harbour","sure":true}"#);
}

#[test]
fn operator() {
    let clinic = NewClinic {
        name: "Harbour".into(),
        language: Language::Fr,
        time_zone: "Europe/Paris".into(),
        profiles: vec!["Main".into()],
        computers: vec![NewComputer { label: "Reception 1".into(), profile: "Main".into() }],
        users: vec![NewUser {
            role: Role::Owner,
            last_name: "Porter".into(),
            first_name: "Jane".into(),
            middle_name: None,
            position: "Director".into(),
            email: "a@b.c".into(),
            login: "porter".into(),
        }],
    };
    pinned(
        &clinic,
        r#"{"name":"Harbour","language":"fr","time_zone":"Europe/Paris","profiles":["Main"],"computers":[{"label":"Reception 1","profile":"Main"}],"users":[{"role":"owner","last_name":"Porter","first_name":"Jane","position":"Director","email":"a@b.c","login":"porter"}]}"#,
    );
    pinned(
        &OwnerUnlock { clinic: "abcdefghjk".into(), login: "porter".into(), reason: "the only owner".into() },
        r#"{"clinic":"abcdefghjk","login":"porter","reason":"the only owner"}"#,
    );
    pinned(
        &ProfileReopening {
            clinic: "abcdefghjk".into(),
            profile: "Main".into(),
            reason: "nobody gets in".into(),
        },
        r#"{"clinic":"abcdefghjk","profile":"Main","reason":"nobody gets in"}"#,
    );
    pinned(
        &Relieved { clinic: "Harbour".into(), name: "Jane Porter".into() },
        r#"{"clinic":"Harbour","name":"Jane Porter"}"#,
    );
    let opened = OpenedClinic {
        name: "Harbour".into(),
        code: "abcdefghjk".into(),
        computers: vec![ComputerSecret {
            label: "Reception 1".into(),
            username: "abcdefghjk-1".into(),
            password: "p".into(),
        }],
        profiles: vec![ProfileSecret { name: "Main".into(), otpauth_url: "otpauth://totp/x".into() }],
        users: vec![UserSecret {
            role: Role::Manager,
            full_name: "Jane Porter".into(),
            login: "porter".into(),
            password: "p".into(),
            email: "a@b.c".into(),
        }],
    };
    pinned(
        &opened,
        r#"{"name":"Harbour","code":"abcdefghjk","computers":[{"label":"Reception 1","username":"abcdefghjk-1","password":"p"}],"profiles":[{"name":"Main","otpauth_url":"otpauth://totp/x"}],"users":[{"role":"manager","full_name":"Jane Porter","login":"porter","password":"p","email":"a@b.c"}]}"#,
    );
}

/// Reads JSON and writes it again to the letter.
fn stays<T: Serialize + DeserializeOwned>(json: &str) {
    let read: T = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
}

#[test]
fn own_passwords_and_the_own_account() {
    stays::<SignInState>(&format!(
        r#"{{"step":"new_password",{SEAT},"person":{{"full_name":"Jane Porter","login":"porter"}},"length_min":8}}"#
    ));
    stays::<OwnPassword>(r#"{"password":"p"}"#);
    stays::<PasswordChange>(r#"{"current":"p","password":"q"}"#);
    stays::<PasswordConfirmation>(r#"{"own_password":"p"}"#);
    stays::<LanguageChange>(r#"{"language":"fr"}"#);
    stays::<MyAccount>(
        r#"{"full_name":"Jane Porter","login":"porter","position":"","email":"","language":"en","password_length_min":8,"sessions":[{"computer":"Reception 1","started_at":7,"here":true}]}"#,
    );
    refused::<OwnPassword>(r#"{"password":["p"]}"#);
}

#[test]
fn the_management_of_people() {
    const PERSON: &str = r#""last_name":"Porter","first_name":"Jane","middle_name":"","position":"Nurse","email":"","role":"employee","login":"porter","language":"en""#;
    stays::<LoginWish>(r#"{"last_name":"Porter","first_name":"Jane","role":"employee"}"#);
    stays::<LoginSuggestion>(r#"{"login":"porter"}"#);
    stays::<PersonFields>(&format!("{{{PERSON}}}"));
    stays::<PersonFields>(&format!(
        r#"{{{PERSON},"rights":{{"users":"none","computers":"read","activities":"edit","settings":"none"}}}}"#
    ));
    refused::<PersonFields>(&format!(r#"{{{PERSON},"rights":{{"users":"all"}}}}"#));
    refused::<PersonFields>(&format!(r#"{{{PERSON},"password":"p"}}"#));
    stays::<UserChange>(&format!(r#"{{"id":"x","version":3,"fields":{{{PERSON}}}}}"#));
    stays::<AddedUser>(
        r#"{"id":"0123456789abcdef","pair":{"full_name":"Jane Porter","login":"porter","password":"p"}}"#,
    );
    stays::<ImportText>(r#"{"text":"a,b"}"#);
    stays::<ImportReport>(&format!(
        r#"{{"import":"0123456789abcdef","lines":[{{"line":2,"person":{{{PERSON}}},"problem":{{"code":"login_taken","field":"login"}}}},{{"line":3,"person":{{{PERSON}}},"problem":null}}]}}"#
    ));
    stays::<PasswordWish>(r#"{"count":10}"#);
    stays::<MadePasswords>(r#"{"passwords":[{"password":"p","sealed":"s"}]}"#);
    stays::<Import>(&format!(
        r#"{{"import":"0123456789abcdef","people":[{{"line":2,"person":{{{PERSON}}},"sealed":"s"}}]}}"#
    ));
    stays::<Imported>(
        r#"{"added":["0123456789abcdef"],"refused":[{"line":2,"problem":{"code":"login_taken","field":"login"}}]}"#,
    );
    stays::<UserDetails>(
        r#"{"version":1,"last_name":"Porter","first_name":"Jane","middle_name":"","language":"en","rights":{"users":"read","computers":"none","activities":"none","settings":"none"},"own_rights":false,"first_password":true,"may":{"edit":"allowed","change_role":"own_account","roles":["employee"],"rights_max":{"users":"edit","computers":"edit","activities":"edit","settings":"edit"},"restore":"locked","remove":"last_owner","bring_back":"not_allowed"}}"#,
    );
    pinned(&Permission::default(), r#""not_allowed""#);
    stays::<UserStatus>(r#"{"is":"removed","since":7}"#);
    stays::<Live>(r#"{"is":"look_again"}"#);
    stays::<Live>(r#"{"is":"new_activity"}"#);
}

#[test]
fn mails() {
    let id = || MailId::from_stored("0123456789abcdef".into());
    let mail = MailRecord {
        id: id(),
        kind: MailKind::AccountLocked,
        to: AccountId::from_stored("0123456789abcdef".into()),
        full_name: "Jane Porter".into(),
        at: Timestamp(7),
        state: MailState::Sent,
        why: None,
        may_send_again: false,
    };
    let start = r#"{"id":"0123456789abcdef","kind":"account_locked","to":"0123456789abcdef","full_name":"Jane Porter","at":7,"state":"#;
    pinned(&mail, &format!(r#"{start}"sent","may_send_again":false}}"#));
    let list = MailList { mails: vec![mail.clone()] };
    pinned(&list, &format!(r#"{{"mails":[{start}"sent","may_send_again":false}}]}}"#));
    let queued = MailRecord { state: MailState::Queued, ..mail.clone() };
    pinned(&queued, &format!(r#"{start}"queued","may_send_again":false}}"#));
    let why = Some(MailTrouble::answered(422));
    let failed = MailRecord { state: MailState::Failed, why, may_send_again: true, ..mail };
    let why = r#""why":{"code":"answered","status":422}"#;
    pinned(&failed, &format!(r#"{start}"failed",{why},"may_send_again":true}}"#));
    let kinds = MailKind::ALL.map(|kind| serde_json::to_string(&kind).unwrap().replace('"', ""));
    assert_eq!(
        kinds.join(" "),
        "account_locked user_account_locked user_account_unlock account_unlocked access_restored password_changed \
         reset_your_password password_reset email_changed support_case_opened support_case_read support_case_used \
         computer_authorized emergency_unlock profile_reopened"
    );
    for (code, json) in [
        (MailTroubleCode::Unreachable, r#"{"code":"unreachable"}"#),
        (MailTroubleCode::NoAnswer, r#"{"code":"no_answer"}"#),
        (MailTroubleCode::RecipientRefused, r#"{"code":"recipient_refused"}"#),
        (MailTroubleCode::TooLate, r#"{"code":"too_late"}"#),
        (MailTroubleCode::Unreadable, r#"{"code":"unreadable"}"#),
    ] {
        pinned(&MailTrouble::from(code), json);
    }
    pinned(&MailQuery { id: "x".into() }, r#"{"id":"x"}"#);
}

#[test]
fn computers_profiles_and_access_forms() {
    stays::<ComputerList>(
        r#"{"computers":[{"id":"0123456789abcdef","version":1,"label":"Reception 1","username":"abcdefghjk-1","profile":"0123456789abcdef","status":"authorized","last_seen":7,"people":[{"account":"0123456789abcdef","full_name":"Jane Porter"}],"here":true}],"profiles":[{"id":"0123456789abcdef","version":1,"name":"Main","computers":1,"stopped":false}],"may_edit":true,"now":9}"#,
    );
    stays::<NewComputerRequest>(r#"{"label":"Reception 1","profile":"x"}"#);
    stays::<ComputerQuery>(r#"{"id":"x"}"#);
    stays::<ComputerChange>(r#"{"id":"x","version":1,"label":"Reception 1","profile":"y"}"#);
    stays::<NewProfileRequest>(r#"{"name":"Main"}"#);
    stays::<ProfileQuery>(r#"{"id":"x"}"#);
    stays::<ProfileChange>(r#"{"id":"x","version":1,"name":"Main"}"#);
    stays::<AccessForm>(
        r#"{"clinic":"Harbour","address":"https://wardkey.example/","computer":{"label":"Reception 1","username":"abcdefghjk-1","password":"p"},"administrator":null,"profile":{"name":"Main","otpauth_url":"otpauth://totp/x"}}"#,
    );
}

#[test]
fn settings_and_setup() {
    const POLICIES: &str = r#"{"strikes_max":5,"password_length_min":8,"computer_unused_days":90,"profile_hours":12,"idle_minutes":10,"log_years":6,"own_password":true,"browsers_without_key":false,"automatic_unlock_minutes":null}"#;
    pinned(&Policies::default(), POLICIES);
    refused::<Policies>("{}");
    refused::<Policies>(&POLICIES.replace("log_years", "log_centuries"));
    stays::<ClinicSettings>(&format!(
        r#"{{"version":1,"name":"Harbour","time_zone":"Europe/London","language":"en","policies":{POLICIES},"may_change":true,"may_change_policies":false}}"#
    ));
    stays::<SettingsChange>(r#"{"version":1,"name":"Harbour","time_zone":"Europe/London","language":"en"}"#);
    stays::<PoliciesChange>(&format!(r#"{{"version":1,"policies":{POLICIES}}}"#));
    stays::<PoliciesChange>(&format!(r#"{{"version":1,"policies":{}}}"#, POLICIES.replace("null", "15")));
    pinned(&ClinicPlace::default(), "{}");
    pinned(
        &ClinicPlace { jurisdiction: Some(Jurisdiction::Fedramp), near: Some(Region::Weur) },
        r#"{"jurisdiction":"fedramp","near":"weur"}"#,
    );
    for one in Jurisdiction::ALL {
        pinned(&one, &format!("\"{}\"", one.code()));
    }
    for one in Region::ALL {
        pinned(&one, &format!("\"{}\"", one.code()));
    }
    refused::<ClinicPlace>(r#"{"jurisdiction":"mars"}"#);
    stays::<SetupLink>(r#"{"link":"https://wardkey.example/setup#t","expires_at":7}"#);
    stays::<SetupToken>(r#"{"token":"t"}"#);
    stays::<SetupOffer>(r#"{"expires_at":7}"#);
    stays::<SetupRequest>(
        r#"{"token":"t","clinic":"Harbour","time_zone":"Europe/London","language":"en","last_name":"Porter","first_name":"Jane","middle_name":"","email":"a@b.c","computer":"Reception 1","profile":"Main","administrator":{"last_name":"administrator","first_name":"System"}}"#,
    );
    stays::<SetupDone>(
        r#"{"form":{"clinic":"Harbour","address":"https://wardkey.example/","computer":null,"administrator":{"full_name":"System administrator","login":"sys_harbour","password":"p"},"profile":{"name":"Main","otpauth_url":"otpauth://totp/x"}},"owner":{"full_name":"Jane Porter","login":"porter","password":"p"}}"#,
    );
}

#[test]
fn a_forgotten_password() {
    stays::<ResetRequest>(r#"{"login":"porter"}"#);
    stays::<ResetLink>(r#"{"token":"t"}"#);
    stays::<ResetOffer>(
        r#"{"clinic":"Harbour","person":{"full_name":"Jane Porter","login":"porter"},"length_min":8,"language":"en"}"#,
    );
    stays::<ResetChoice>(r#"{"token":"t","password":"p"}"#);
    refused::<ResetRequest>(r#"{"login":["porter","patel"]}"#);
    refused::<ResetRequest>(r#"{"login":"porter","email":"a@b.c"}"#);
}

#[test]
fn changes_in_the_log() {
    stays::<ActivityLine>(
        r#"{"seq":1,"at":7,"action":"user_edited","user":{"is":"nobody"},"by":{"is":"nobody"},"computer":"","address":"","changes":[{"what":"role","old":"employee","new":"manager"},{"what":{"right":"users"},"old":"read","new":"edit"},{"what":{"policy":"strikes_max"},"old":"5","new":"4"}]}"#,
    );
}

#[test]
fn an_older_worker_is_understood() {
    let seat = SEAT.replace(r#","idle_minutes":10"#, "");
    let read: SignInState = serde_json::from_str(&format!(r#"{{"step":"profile",{seat}}}"#)).unwrap();
    assert!(matches!(read, SignInState::Profile { now: Timestamp(0), seat } if seat.idle_minutes == 0));
    let list: UserList = serde_json::from_str(r#"{"users":[]}"#).unwrap();
    assert!(list.may_add.is_empty());
}

#[test]
fn support_cases() {
    pinned(
        &CaseRequest { id: "0123456789abcdef".into(), reason: "a queue".into(), phone: "112".into() },
        r#"{"id":"0123456789abcdef","reason":"a queue","phone":"112"}"#,
    );
    pinned(&CaseQuery { id: "0123456789abcdef".into() }, r#"{"id":"0123456789abcdef"}"#);
    pinned(&OpenedCase { code: "k7m2q-x4p9d".into() }, r#"{"code":"k7m2q-x4p9d"}"#);
    stays::<SupportOffer>(
        r#"{"may":"allowed","case":{"id":"0123456789abcdef","by":"Fiona Reid","expires_at":5}}"#,
    );
    stays::<SupportOffer>(r#"{"may":"own_account","case":null}"#);
    stays::<SupportCase>(
        r#"{"id":"0123456789abcdef","clinic":"Harbour","manager":"Fiona Reid","phone":"112","account":"Jane Porter","reason":"a queue","locked_since":1,"expires_at":5,"state":"moot"}"#,
    );
    for state in [CaseState::Open, CaseState::Used, CaseState::Withdrawn, CaseState::Expired, CaseState::Moot]
    {
        let name = serde_json::to_string(&state).unwrap();
        assert_eq!(name, format!("\"{}\"", format!("{state:?}").to_lowercase()));
    }
    refused::<CaseRequest>(r#"{"id":"x","reason":"","phone":"","code":"x"}"#);
}

#[test]
fn what_is_said_of_the_help_pages() {
    stays::<HelpAnswer>(r#"{"page":"signing-in","language":"ru","answered":false}"#);
    refused::<HelpAnswer>(r#"{"page":"nowhere","language":"ru","answered":false}"#);
    refused::<HelpAnswer>(r#"{"page":"locked","language":"de","answered":false}"#);
    refused::<HelpAnswer>(r#"{"page":"locked","language":"en","answered":true,"name":"Jane"}"#);
    stays::<HelpCount>(r#"{"page":"activity-log","yes":3,"no":1}"#);
}

#[test]
fn the_first_day_of_a_clinic() {
    stays::<FirstDay>(
        r#"{"shown":true,"email":true,"second_owner":false,"people":false,"second_way":false,"policies":false}"#,
    );
    for tick in ["form", "policies", "list"] {
        stays::<FirstDayTick>(&format!(r#"{{"tick":"{tick}"}}"#));
    }
    refused::<FirstDayTick>(r#"{"tick":"email"}"#);
}

#[test]
fn the_support_desk() {
    stays::<OperatorCredentials>(r#"{"login":"sam","password":"x","code":"123456"}"#);
    refused::<OperatorCredentials>(r#"{"login":"sam","password":"x"}"#);
    stays::<CaseCodeRequest>(r#"{"code":"k7m2q-x4p9d"}"#);
    stays::<DeskCaseQuery>(r#"{"case":"0123456789abcdef"}"#);
    stays::<SupportUnlock>(r#"{"case":"0123456789abcdef","called_back":true,"why":"she knew the rota"}"#);
    stays::<OperatorQuery>(r#"{"operator":"0123456789abcdef"}"#);
    stays::<NewOperator>(r#"{"name":"Sam Taylor","login":"sam"}"#);
    stays::<OperatorLogin>(r#"{"login":"sam"}"#);
    stays::<RemovedOperator>(r#"{"name":"Sam Taylor"}"#);
    stays::<DeskLogQuery>(r#"{"before":101}"#);
    stays::<DeskLog>(
        r#"{"lines":[{"seq":9,"at":1,"action":"login_failed","operator":"","address":"192.0.2.7","tries":40},{"seq":8,"at":1,"action":"operator_removed","operator":"Kim","address":""}]}"#,
    );
    stays::<MadeOperator>(r#"{"login":"sam","password":"x","otpauth_url":"otpauth://totp/x"}"#);
    stays::<Desk>(
        r#"{"operator":"Sam Taylor","cases":[],"operators":[{"id":"0123456789abcdef","name":"Sam Taylor","login":"sam","locked_since":null,"own":true}],"log":[{"seq":2,"at":1,"action":"account_unlocked","operator":"Sam Taylor","address":"192.0.2.7","case":{"id":"0123456789abcdef","clinic":"Harbour","manager":"Fiona Reid","account":"Jane Porter","why":"she knew the rota"}},{"seq":1,"at":1,"action":"operator_unlocked","operator":"Sam Taylor","address":"","colleague":"Kim"}]}"#,
    );
}
