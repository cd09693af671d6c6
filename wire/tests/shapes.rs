//! The JSON of every request and reply, pinned to the letter: an old app may still be open when a new Worker arrives, and the
//! other way round. A change here is a change of the protocol.

use serde::{Serialize, de::DeserializeOwned};
use wire::{
    Empty, Language, Role, Timestamp,
    activities::{Action, ActivitiesPage, ActivitiesQuery, ActivityLine, Subject},
    health::Health,
    ids::AccountId,
    operator::{ComputerSecret, NewClinic, NewComputer, NewUser, OpenedClinic, ProfileSecret, UserSecret},
    sign_in::{
        Answer, ComputerCredentials, LockQuery, LockState, Me, Person, ProfileCode, Seat, SignInState,
        UserCredentials,
    },
    users::{
        LastSignIn, LockEpisode, LockRecord, PinRequest, PinSent, UnlockPermission, UnlockRequest, User,
        UserList, UserQuery, UserStatus, UserWindow,
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
    }
}

const SEAT: &str = r#""seat":{"clinic":"Harbour","computer":"Reception 1","profile":"Main","language":"en","time_zone":"Europe/London"}"#;

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
fn steps() {
    pinned(
        &ComputerCredentials { username: "a".into(), password: "b".into() },
        r#"{"username":"a","password":"b"}"#,
    );
    pinned(&ProfileCode { code: "123456".into() }, r#"{"code":"123456"}"#);
    pinned(&UserCredentials { login: "a".into(), password: "b".into() }, r#"{"login":"a","password":"b"}"#);
    pinned(&Answer { yes: true }, r#"{"yes":true}"#);
    pinned(&LockQuery { login: "a".into() }, r#"{"login":"a"}"#);
    pinned(&LockState { locked: false }, r#"{"locked":false}"#);
    refused::<UserCredentials>(r#"{"login":"a","login":"c","password":"b"}"#);
    refused::<UserCredentials>(r#"{"login":["a"],"password":"b"}"#);
    refused::<UserCredentials>(r#"{"login":"a"}"#);
}

#[test]
fn sign_in_states() {
    pinned(&SignInState::Computer, r#"{"step":"computer"}"#);
    pinned(&SignInState::Profile { seat: seat() }, &format!(r#"{{"step":"profile",{SEAT}}}"#));
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
    };
    pinned(
        &SignInState::SignedIn { seat: seat(), me },
        &format!(
            r#"{{"step":"signed_in",{SEAT},"me":{{"account":"0123456789abcdef","full_name":"Jane Porter","login":"porter","role":"system_administrator"}}}}"#
        ),
    );
}

#[test]
fn users() {
    const ACTIVE: &str = r#"{"id":"0123456789abcdef","full_name":"Jane Porter","login":"porter","position":"Nurse","role":"employee","status":{"is":"active"}}"#;
    const LOCKED: &str = r#"{"id":"0123456789abcdef","full_name":"Jane Porter","login":"porter","position":"Nurse","role":"employee","status":{"is":"locked","since":7}}"#;
    const PIN: &str = r#"{"email_hint":"a…@b.c","expires_at":9,"tries_left":5}"#;
    let pin = PinSent { email_hint: "a…@b.c".into(), expires_at: Timestamp(9), tries_left: 5 };
    pinned(&UserList { users: vec![user(UserStatus::Active)] }, &format!(r#"{{"users":[{ACTIVE}]}}"#));
    pinned(&UserQuery { id: "x".into() }, r#"{"id":"x"}"#);
    pinned(&PinRequest { id: "x".into() }, r#"{"id":"x"}"#);
    pinned(&UnlockRequest { id: "x".into(), pin: "123456".into() }, r#"{"id":"x","pin":"123456"}"#);
    pinned(&pin, PIN);
    pinned(
        &UserWindow { user: user(UserStatus::Active), email: "a@b.c".into(), last_sign_in: None, lock: None },
        &format!(r#"{{"user":{ACTIVE},"email":"a@b.c","last_sign_in":null,"lock":null}}"#),
    );
    let lock = LockEpisode {
        since: Timestamp(7),
        record: Some(LockRecord { computer: "Reception 1".into(), tries_since: 2 }),
        unlock: UnlockPermission::OnlyOwners,
        pin: Some(pin),
    };
    pinned(
        &UserWindow {
            user: user(UserStatus::Locked { since: Timestamp(7) }),
            email: String::new(),
            last_sign_in: Some(LastSignIn { at: Some(Timestamp(3)) }),
            lock: Some(lock),
        },
        &format!(
            r#"{{"user":{LOCKED},"email":"","last_sign_in":{{"at":3}},"lock":{{"since":7,"record":{{"computer":"Reception 1","tries_since":2}},"unlock":"only_owners","pin":{PIN}}}}}"#
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
    pinned(&ActivitiesQuery { before: Some(9), limit: Some(50) }, r#"{"before":9,"limit":50}"#);
    let line = ActivityLine {
        seq: 1,
        at: Timestamp(7),
        action: Action::LoginFailedLocked,
        user: Subject::Account { id: id(), name: "Jane Porter".into() },
        by: Subject::Nobody,
        computer: "Reception 1".into(),
        address: "127.0.0.1".into(),
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
         login_succeeded login_declined login_failed login_failed_locked account_locked pin_sent account_unlock_failed \
         account_unlocked signed_out"
    );
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
