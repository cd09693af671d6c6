//! An app that was loaded before an update talks to the Worker that came with it, and for minutes an app of after it to a Worker of
//! before: what both said at commit 394167c, of 22 November 2026, is recorded here, and is never to be edited.
#![allow(clippy::unwrap_used, reason = "tests panic")]

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use wire::{
    activities::{
        Action, ActivitiesPage, ActivitiesQuery, ActivityChoices, Changed, ExportWish, FailureChart, Subject,
    },
    computers::{
        AccessForm, ComputerChange, ComputerList, ComputerQuery, NewComputerRequest, NewProfileRequest,
        ProfileChange, ProfileQuery,
    },
    mails::{MailKind, MailList, MailQuery},
    me::{LanguageChange, MyAccount, PasswordChange},
    people::{
        AddedUser, Import, ImportReport, ImportText, Imported, LoginSuggestion, LoginWish, MadePasswords,
        PasswordWish, PersonFields, UserChange,
    },
    recovery::{ResetChoice, ResetLink, ResetOffer, ResetRequest},
    settings::{ClinicSettings, PoliciesChange, SettingsChange},
    setup::{SetupDone, SetupLink, SetupOffer, SetupRequest, SetupToken},
    sign_in::{
        Answer, ComputerCredentials, LockQuery, LockState, OwnPassword, ProfileCode, SignInState,
        UserCredentials,
    },
    signed::LogKeyText,
    support::{
        CaseCodeRequest, CaseQuery, CaseRequest, Desk, DeskCaseQuery, DeskLog, DeskLogQuery, MadeOperator,
        NewOperator, OpenedCase, OperatorCredentials, OperatorLogin, OperatorQuery, RemovedOperator,
        SupportCase, SupportUnlock,
    },
    users::{PinRequest, PinSent, UnlockRequest, UserList, UserQuery, UserWindow},
};

/// An old request: the Worker of today takes it, and the app of today sends it without a field that the old Worker would refuse.
fn request<T: Serialize + DeserializeOwned>(old: &str) {
    let old: Value = serde_json::from_str(old).unwrap();
    let read: T = serde_json::from_value(old.clone()).unwrap_or_else(|error| panic!("{error}: {old}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), old);
}

/// An old request to which something came later: the Worker of today takes it. The old Worker refuses what the app of today sends, and
/// nothing is changed: whoever sends it is asked to load the page anew.
fn grown_request<T: DeserializeOwned>(old: &str) {
    serde_json::from_str::<T>(old).map(drop).unwrap_or_else(|error| panic!("{error}: {old}"));
}

/// An old reply: the app of today reads it, and the Worker of today sends all that the old app looks for. A field that comes after
/// today is nothing to stumble over; what requests hold as well refuses one here, and the app reads no field that it does not know.
fn reply<T: Serialize + DeserializeOwned>(old: &str) {
    let mut old: Value = serde_json::from_str(old).unwrap();
    let read: T = serde_json::from_value(old.clone()).unwrap_or_else(|error| panic!("{error}: {old}"));
    let new = serde_json::to_value(&read).unwrap();
    assert!(holds(&new, &old), "{new} lacks something of {old}");
    if let Value::Object(fields) = &mut old {
        fields.insert("of_tomorrow".to_owned(), Value::Bool(true));
    }
    let read: T = serde_json::from_value(old.clone()).unwrap_or_else(|error| panic!("{error}: {old}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), new);
}

/// Whether every field of the one is there in the other, with the same value.
fn holds(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(name, value)| new.get(name).is_some_and(|there| holds(there, value)))
        }
        (Value::Array(new), Value::Array(old)) => {
            new.len() == old.len() && new.iter().zip(old).all(|(new, old)| holds(new, old))
        }
        _ => new == old,
    }
}

#[test]
fn requests_of_an_older_app_are_taken_and_those_of_today_are_taken_by_an_older_worker() {
    request::<ActivitiesQuery>(
        r#"{"before":9,"limit":50,"user":"x","actions":"login_failed,account_locked","computer":"Reception 1","from":"2026-11-21","until":"2026-11-22","words":"jane"}"#,
    );
    request::<Answer>(r#"{"yes":true}"#);
    request::<CaseCodeRequest>(r#"{"code":"k7m2q-x4p9d"}"#);
    request::<CaseQuery>(r#"{"id":"0123456789abcdef"}"#);
    request::<CaseRequest>(r#"{"id":"0123456789abcdef","reason":"a queue","phone":"112"}"#);
    request::<ComputerChange>(r#"{"id":"x","version":1,"label":"Reception 1","profile":"y"}"#);
    request::<ComputerCredentials>(r#"{"username":"a","password":"b"}"#);
    request::<ComputerQuery>(r#"{"id":"x"}"#);
    request::<DeskCaseQuery>(r#"{"case":"0123456789abcdef"}"#);
    request::<DeskLogQuery>(r#"{"before":101}"#);
    request::<ExportWish>(r#"{"format":"jsonl","actions":"login_failed","words":"jane"}"#);
    request::<ImportText>(r#"{"text":"a,b"}"#);
    request::<LanguageChange>(r#"{"language":"fr"}"#);
    request::<LockQuery>(r#"{"login":"a"}"#);
    request::<LoginWish>(r#"{"last_name":"Porter","first_name":"Jane","role":"employee"}"#);
    request::<MailQuery>(r#"{"id":"x"}"#);
    request::<NewComputerRequest>(r#"{"label":"Reception 1","profile":"x"}"#);
    request::<NewOperator>(r#"{"name":"Sam Taylor","login":"sam"}"#);
    request::<NewProfileRequest>(r#"{"name":"Main"}"#);
    request::<OperatorCredentials>(r#"{"login":"sam","password":"x","code":"123456"}"#);
    request::<OperatorLogin>(r#"{"login":"sam"}"#);
    request::<OperatorQuery>(r#"{"operator":"0123456789abcdef"}"#);
    request::<OwnPassword>(r#"{"password":"p"}"#);
    request::<PasswordChange>(r#"{"current":"p","password":"q"}"#);
    request::<PasswordWish>(r#"{"count":10}"#);
    request::<PinRequest>(r#"{"id":"x"}"#);
    grown_request::<PoliciesChange>(
        r#"{"version":1,"policies":{"strikes_max":5,"password_length_min":8,"computer_unused_days":90,"profile_hours":12,"idle_minutes":10,"log_years":6,"own_password":true,"automatic_unlock_minutes":null}}"#,
    );
    request::<ProfileChange>(r#"{"id":"x","version":1,"name":"Main"}"#);
    request::<ProfileCode>(r#"{"code":"123456"}"#);
    request::<ProfileQuery>(r#"{"id":"x"}"#);
    request::<ResetChoice>(r#"{"token":"t","password":"p"}"#);
    request::<ResetLink>(r#"{"token":"t"}"#);
    request::<ResetRequest>(r#"{"login":"porter"}"#);
    request::<SettingsChange>(
        r#"{"version":1,"name":"Harbour","time_zone":"Europe/London","language":"en"}"#,
    );
    request::<SetupRequest>(
        r#"{"token":"t","clinic":"Harbour","time_zone":"Europe/London","language":"en","last_name":"Porter","first_name":"Jane","middle_name":"","email":"a@b.c","computer":"Reception 1","profile":"Main","administrator":{"last_name":"administrator","first_name":"System"}}"#,
    );
    request::<SetupToken>(r#"{"token":"t"}"#);
    request::<SupportUnlock>(r#"{"case":"0123456789abcdef","called_back":true,"why":"she knew the rota"}"#);
    request::<UnlockRequest>(r#"{"id":"x","pin":"123456"}"#);
    request::<UserCredentials>(r#"{"login":"a","password":"b"}"#);
    request::<UserQuery>(r#"{"id":"x"}"#);
    request::<PersonFields>(
        r#"{"last_name":"Porter","first_name":"Jane","middle_name":"","position":"Nurse","email":"","role":"employee","login":"porter","language":"en"}"#,
    );
    request::<PersonFields>(
        r#"{"last_name":"Porter","first_name":"Jane","middle_name":"","position":"Nurse","email":"","role":"employee","login":"porter","language":"en","rights":{"users":"none","computers":"read","activities":"edit","settings":"none"}}"#,
    );
    request::<UserChange>(
        r#"{"id":"x","version":3,"fields":{"last_name":"Porter","first_name":"Jane","middle_name":"","position":"Nurse","email":"","role":"employee","login":"porter","language":"en"}}"#,
    );
    request::<Import>(
        r#"{"import":"0123456789abcdef","people":[{"line":2,"person":{"last_name":"Porter","first_name":"Jane","middle_name":"","position":"Nurse","email":"","role":"employee","login":"porter","language":"en"},"sealed":"s"}]}"#,
    );
}

#[test]
fn replies_of_an_older_worker_are_read_and_those_of_today_are_read_by_an_older_app() {
    reply::<AccessForm>(
        r#"{"clinic":"Harbour","address":"https://wardkey.example/","computer":{"label":"Reception 1","username":"abcdefghjk-1","password":"p"},"administrator":null,"profile":{"name":"Main","otpauth_url":"otpauth://totp/x"}}"#,
    );
    reply::<ActivitiesPage>(
        r#"{"lines":[{"seq":1,"at":7,"action":"login_failed_locked","user":{"is":"account","id":"0123456789abcdef","name":"Jane Porter"},"by":{"is":"nobody"},"computer":"Reception 1","address":"127.0.0.1"}],"next":1}"#,
    );
    reply::<ActivityChoices>(
        r#"{"people":[{"id":"0123456789abcdef","name":"Jane Porter"}],"computers":["Reception 1"],"may_export":true}"#,
    );
    reply::<AddedUser>(
        r#"{"id":"0123456789abcdef","pair":{"full_name":"Jane Porter","login":"porter","password":"p"}}"#,
    );
    reply::<ClinicSettings>(
        r#"{"version":1,"name":"Harbour","time_zone":"Europe/London","language":"en","policies":{"strikes_max":5,"password_length_min":8,"computer_unused_days":90,"profile_hours":12,"idle_minutes":10,"log_years":6,"own_password":true,"automatic_unlock_minutes":null},"may_change":true,"may_change_policies":false}"#,
    );
    reply::<ComputerList>(
        r#"{"computers":[{"id":"0123456789abcdef","version":1,"label":"Reception 1","username":"abcdefghjk-1","profile":"0123456789abcdef","status":"authorized","last_seen":7,"people":[{"account":"0123456789abcdef","full_name":"Jane Porter"}],"here":true}],"profiles":[{"id":"0123456789abcdef","version":1,"name":"Main","computers":1,"stopped":false}],"may_edit":true,"now":9}"#,
    );
    reply::<Desk>(
        r#"{"operator":"Sam Taylor","cases":[],"operators":[{"id":"0123456789abcdef","name":"Sam Taylor","login":"sam","locked_since":null,"own":true}],"log":[{"seq":2,"at":1,"action":"account_unlocked","operator":"Sam Taylor","address":"192.0.2.7","case":{"id":"0123456789abcdef","clinic":"Harbour","manager":"Fiona Reid","account":"Jane Porter","why":"she knew the rota"}},{"seq":1,"at":1,"action":"operator_unlocked","operator":"Sam Taylor","address":"","colleague":"Kim"}]}"#,
    );
    reply::<DeskLog>(
        r#"{"lines":[{"seq":9,"at":1,"action":"login_failed","operator":"","address":"192.0.2.7","tries":40},{"seq":8,"at":1,"action":"operator_removed","operator":"Kim","address":""}]}"#,
    );
    reply::<FailureChart>(
        r#"{"hourly":false,"bars":[{"at":7,"end":9,"from":"2026-11-21","until":"2026-11-22","failures":3}]}"#,
    );
    reply::<Imported>(
        r#"{"added":["0123456789abcdef"],"refused":[{"line":2,"problem":{"code":"login_taken","field":"login"}}]}"#,
    );
    reply::<LockState>(r#"{"locked":false,"again":true}"#);
    reply::<LockState>(r#"{"locked":true,"until":1795344060000,"again":false}"#);
    reply::<LogKeyText>(r#"{"key":"8a88"}"#);
    reply::<LoginSuggestion>(r#"{"login":"porter"}"#);
    reply::<MadeOperator>(r#"{"login":"sam","password":"x","otpauth_url":"otpauth://totp/x"}"#);
    reply::<MadePasswords>(r#"{"passwords":[{"password":"p","sealed":"s"}]}"#);
    reply::<MyAccount>(
        r#"{"full_name":"Jane Porter","login":"porter","position":"","email":"","language":"en","password_length_min":8,"sessions":[{"computer":"Reception 1","started_at":7,"here":true}]}"#,
    );
    reply::<OpenedCase>(r#"{"code":"k7m2q-x4p9d"}"#);
    reply::<PinSent>(r#"{"email_hint":"a…@b.c","expires_at":9,"tries_left":5}"#);
    reply::<RemovedOperator>(r#"{"name":"Sam Taylor"}"#);
    reply::<ResetOffer>(
        r#"{"clinic":"Harbour","person":{"full_name":"Jane Porter","login":"porter"},"length_min":8,"language":"en"}"#,
    );
    reply::<SetupDone>(
        r#"{"form":{"clinic":"Harbour","address":"https://wardkey.example/","computer":null,"administrator":{"full_name":"System administrator","login":"sys_harbour","password":"p"},"profile":{"name":"Main","otpauth_url":"otpauth://totp/x"}},"owner":{"full_name":"Jane Porter","login":"porter","password":"p"}}"#,
    );
    reply::<SetupLink>(r#"{"link":"https://wardkey.example/setup#t","expires_at":7}"#);
    reply::<SetupOffer>(r#"{"expires_at":7}"#);
    reply::<SignInState>(r#"{"step":"computer"}"#);
    reply::<SignInState>(
        r#"{"step":"profile","seat":{"clinic":"Harbour","computer":"Reception 1","profile":"Main","language":"en","time_zone":"Europe/London","idle_minutes":10},"now":7}"#,
    );
    reply::<SignInState>(
        r#"{"step":"user","seat":{"clinic":"Harbour","computer":"Reception 1","profile":"Main","language":"en","time_zone":"Europe/London","idle_minutes":10}}"#,
    );
    reply::<SignInState>(
        r#"{"step":"question","seat":{"clinic":"Harbour","computer":"Reception 1","profile":"Main","language":"en","time_zone":"Europe/London","idle_minutes":10},"person":{"full_name":"Jane Porter","login":"porter"}}"#,
    );
    reply::<SignInState>(
        r#"{"step":"signed_in","seat":{"clinic":"Harbour","computer":"Reception 1","profile":"Main","language":"en","time_zone":"Europe/London","idle_minutes":10},"me":{"account":"0123456789abcdef","full_name":"Jane Porter","login":"porter","role":"system_administrator","rights":{"users":"edit","computers":"read","activities":"none","settings":"none"}}}"#,
    );
    reply::<SupportCase>(
        r#"{"id":"0123456789abcdef","clinic":"Harbour","manager":"Fiona Reid","phone":"112","account":"Jane Porter","reason":"a queue","locked_since":1,"expires_at":5,"state":"moot"}"#,
    );
    reply::<UserList>(
        r#"{"users":[{"id":"0123456789abcdef","full_name":"Jane Porter","login":"porter","position":"Nurse","role":"employee","status":{"is":"active"}}],"may_add":["employee"]}"#,
    );
    reply::<UserWindow>(
        r#"{"user":{"id":"0123456789abcdef","full_name":"Jane Porter","login":"porter","position":"Nurse","role":"employee","status":{"is":"active"}},"email":"a@b.c","last_sign_in":null,"lock":null,"details":null}"#,
    );
    reply::<UserWindow>(
        r#"{"user":{"id":"0123456789abcdef","full_name":"Jane Porter","login":"porter","position":"Nurse","role":"employee","status":{"is":"locked","since":7}},"email":"","last_sign_in":{"at":3},"lock":{"since":7,"record":{"computer":"Reception 1","tries_since":2},"unlock":"only_owners","pin":{"email_hint":"a…@b.c","expires_at":9,"tries_left":5}},"details":null}"#,
    );
    reply::<ImportReport>(
        r#"{"import":"0123456789abcdef","lines":[{"line":2,"person":{"last_name":"Porter","first_name":"Jane","middle_name":"","position":"Nurse","email":"","role":"employee","login":"porter","language":"en"},"problem":{"code":"login_taken","field":"login"}},{"line":3,"person":{"last_name":"Porter","first_name":"Jane","middle_name":"","position":"Nurse","email":"","role":"employee","login":"porter","language":"en"},"problem":null}]}"#,
    );
    reply::<MailList>(
        r#"{"mails":[{"id":"0123456789abcdef","kind":"account_locked","to":"0123456789abcdef","full_name":"Jane Porter","at":7,"state":"sent","may_send_again":false},{"id":"0123456789abcdef","kind":"account_locked","to":"0123456789abcdef","full_name":"Jane Porter","at":7,"state":"failed","why":{"code":"answered","status":422},"may_send_again":true}]}"#,
    );
}

#[test]
fn what_came_with_a_later_version_spoils_no_page_of_the_log_and_is_never_written() {
    let page: ActivitiesPage = serde_json::from_str(
        r#"{"lines":[{"seq":2,"at":9,"action":"teleported","user":{"is":"account","id":"0123456789abcdef","name":"Jane Porter"},"by":{"is":"operator"},"computer":"Reception 1","address":"127.0.0.1","changes":[{"what":"colour","old":"","new":"blue"},{"what":"login","old":"a","new":"b"}]},{"seq":1,"at":7,"action":"login_failed","user":{"is":"nobody"},"by":{"is":"nobody"},"computer":"","address":""}],"next":null}"#,
    )
    .unwrap();
    let [new, known] = page.lines.as_slice() else { panic!("{page:?}") };
    assert_eq!((new.action, known.action), (Action::Unknown, Action::LoginFailed));
    assert_eq!((new.at.0, &new.by, new.computer.as_str()), (9, &Subject::Operator, "Reception 1"));
    assert_eq!(new.changes[0].what, Changed::Unknown);
    assert_eq!(new.changes[1].what, Changed::Login);
    let mails: MailList = serde_json::from_str(
        r#"{"mails":[{"id":"0123456789abcdef","kind":"pigeon","to":"0123456789abcdef","full_name":"Jane Porter","at":7,"state":"sent","may_send_again":false}]}"#,
    )
    .unwrap();
    assert_eq!(mails.mails[0].kind, MailKind::Unknown);

    // A line that was written again would say something else than what is hashed.
    assert!(serde_json::to_string(new).is_err() && serde_json::to_string(&mails).is_err());
    assert!(serde_json::to_string(&Changed::Unknown).is_err());
    assert!(!Action::ALL.contains(&Action::Unknown) && !MailKind::ALL.contains(&MailKind::Unknown));
}
