//! A clinic on real SQLite, with a clock and randomness that the test moves, and doors that people come in by.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use serde_json::{Value, json};
use wire::{
    Language, Problem, ProblemCode, Role, Timestamp,
    activities::{Action, ActivitiesPage, ActivityLine},
    ids::AccountId,
    operator::{NewClinic, NewComputer, NewUser},
    sign_in::SignInState,
    users::{PinSent, UserList, UserWindow},
};

use super::{Seeded, Sqlite};
use crate::{
    call::Caller,
    clinic::{Answer, Clinic, Effects, envelope},
    commands::{
        Command, Granted,
        activities::{ListActivities, Search},
        computer::AuthorizeComputer,
        login::{Attempt, Reservation, ReserveAttempt, SettleAttempt},
        open_clinic::{OpenClinic, OpenedSecrets},
        outbox::{Delivery, OutgoingMail},
        profile::AuthorizeProfile,
        question::AnswerQuestion,
        retention::Trimmed,
        unlock::{SendPin, Unlock},
        users::{ListUsers, ReadUser},
    },
    keys::Keys,
    records::sql::{Sql, SqlError, values},
    rules::totp::STEP_SECONDS,
};

/// The thumbprint of the key that every browser of a [`House`] shows.
pub const KEY: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

/// A clinic with two owners, a manager, two employees and a system administrator, a profile and two computers.
pub struct House {
    /// The records.
    pub store: Sqlite,
    /// The `SECRET_KEY` of its deployment.
    secret_key: [u8; 32],
    clinic: Clinic,
    random: RefCell<Seeded>,
    now: Cell<Timestamp>,
    secrets: RefCell<Option<OpenedSecrets>>,
    /// Who was told to look again by the last command.
    pub told: RefCell<BTreeSet<String>>,
    /// What the log got from it, or from the alarm.
    pub logged: RefCell<Vec<Action>>,
}

/// The `SECRET_KEY` of the deployment that a [`House`] is opened at.
const SECRET_KEY: [u8; 32] = [1; 32];
/// Where its links lead.
const ORIGIN: &str = "https://wardkey.example";

/// Logins of the people of a [`House`]; the hash of each password is the login behind `hash of `.
pub const PEOPLE: [(&str, Role); 6] = [
    ("owner", Role::Owner),
    ("partner", Role::Owner),
    ("manager", Role::Manager),
    ("nurse", Role::Employee),
    ("nurse2", Role::Employee),
    ("sys_house", Role::SystemAdministrator),
];

impl House {
    /// The keys of its deployment.
    pub fn keys() -> Keys {
        Keys::derive(&SECRET_KEY)
    }

    /// An object that holds no clinic yet.
    pub fn empty() -> Self {
        House::empty_at(SECRET_KEY)
    }

    /// The same at another deployment, with the printed forms of this clinic at hand.
    pub fn elsewhere(&self, secret_key: [u8; 32]) -> Self {
        let house = House::empty_at(secret_key);
        house.secrets.replace(self.secrets.borrow().clone());
        house.now.set(self.now.get());
        house
    }

    fn empty_at(secret_key: [u8; 32]) -> Self {
        House {
            store: Sqlite::in_memory(),
            secret_key,
            clinic: Clinic::new(Keys::derive(&secret_key), ORIGIN.into()),
            // Nothing is drawn twice, here and elsewhere.
            random: RefCell::new(Seeded::from(u64::from(secret_key[0] - SECRET_KEY[0]) << 32)),
            now: Cell::new(Timestamp(1_795_286_400_000)),
            secrets: RefCell::new(None),
            told: RefCell::default(),
            logged: RefCell::default(),
        }
    }

    /// Opens the clinic.
    pub fn open() -> Self {
        House::open_for(&PEOPLE)
    }

    /// Opens a clinic of other people.
    pub fn open_for(people: &[(&str, Role)]) -> Self {
        let house = House::empty();
        let code = House::keys().clinic_code([1, 2, 3, 4, 5, 6], None);
        let computer = |label: &str| NewComputer { label: label.into(), profile: "Main".into() };
        let clinic = NewClinic {
            name: "Harbour Street Clinic".into(),
            language: Language::En,
            time_zone: "Europe/London".into(),
            profiles: vec!["Main".into()],
            computers: vec![computer("Reception 1"), computer("Office")],
            users: people.iter().map(|(login, role)| user(login, *role)).collect(),
        };
        let password_hashes = people.iter().map(|(login, _)| format!("hash of {login}")).collect();
        let opened = house.ask(&Caller::default(), &OpenClinic { code, clinic, password_hashes });
        house.secrets.replace(Some(opened.expect("the storage works").expect("the clinic is well formed")));
        house
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// Lets time pass, in which people go on using the screens that they are signed in at, and type their passwords where they are
    /// asked to.
    pub fn pass_seconds(&self, seconds: i64) {
        self.pass_idle_seconds(seconds);
        // Before the clinic is opened there is nothing to use.
        let used = "UPDATE sessions SET last_used_at = ?1, password_at = ?1";
        self.store.run(used, values![self.now.get()]).ok();
    }

    /// Lets time pass in which nobody uses any screen.
    pub fn pass_idle_seconds(&self, seconds: i64) {
        self.pass_millis(seconds * 1000);
    }

    /// The same by the millisecond.
    pub fn pass_millis(&self, millis: i64) {
        self.now.set(self.now.get().plus_millis(millis));
    }

    /// Sends a command as the Worker would.
    ///
    /// # Errors
    /// The outer one when the storage failed, the inner one when the rules refused.
    pub fn ask<C: Command>(
        &self,
        caller: &Caller,
        command: &C,
    ) -> Result<Result<C::Reply, Problem>, SqlError> {
        let reply = self.deliver_call(&envelope(command, caller, None)?)?;
        serde_json::from_str(&reply).map_err(|error| SqlError(error.to_string()))
    }

    /// Delivers a call as it travels, and gives back the answer as it travels.
    ///
    /// # Errors
    /// When the storage failed.
    pub fn deliver_call(&self, envelope: &str) -> Result<String, SqlError> {
        let random = &mut *self.random.borrow_mut();
        let Answer { reply, effects, .. } =
            self.clinic.answer(&self.store, self.now.get(), random, envelope)?;
        self.note(&effects);
        Ok(reply)
    }

    /// Sends a command by its name, with a body as JSON.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn ask_by_name(&self, caller: &Caller, name: &str, body: &Value) -> Result<Value, Problem> {
        self.try_by_name(caller, name, body).expect("the storage works")
    }

    /// The same with a body that may be none.
    ///
    /// # Errors
    /// The outer one when the storage failed or the body is none, the inner one when the rules refuse.
    pub fn try_by_name(
        &self,
        caller: &Caller,
        name: &str,
        body: &Value,
    ) -> Result<Result<Value, Problem>, SqlError> {
        let envelope = json!({ "command": name, "caller": caller, "body": body }).to_string();
        let random = &mut *self.random.borrow_mut();
        let answer = self.clinic.answer(&self.store, self.now.get(), random, &envelope)?;
        Ok(serde_json::from_str(&answer.reply).expect("a result"))
    }

    /// Ends the locks that the policy ends by now, as the alarm does.
    pub fn ring(&self) -> BTreeSet<String> {
        self.try_to_ring().expect("the storage works")
    }

    /// The same on storage that may fail.
    ///
    /// # Errors
    /// When the storage failed.
    pub fn try_to_ring(&self) -> Result<BTreeSet<String>, SqlError> {
        let random = &mut *self.random.borrow_mut();
        let effects = self.clinic.lapse_locks(&self.store, self.now.get(), random)?;
        self.note(&effects);
        Ok(effects.told)
    }

    fn note(&self, effects: &Effects) {
        self.told.borrow_mut().clone_from(&effects.told);
        self.logged.borrow_mut().clone_from(&effects.logged);
    }

    /// Starts the object anew: what was in its memory alone is gone.
    pub fn restart(&mut self) {
        self.clinic = Clinic::new(Keys::derive(&self.secret_key), ORIGIN.into());
    }

    /// Lets a portion of the log go that is old enough, as the alarm does.
    ///
    /// # Errors
    /// When the storage failed.
    pub fn trim(&self) -> Result<Trimmed, SqlError> {
        let random = &mut *self.random.borrow_mut();
        self.clinic.trim_log(&self.store, self.now.get(), random).map(|(trimmed, _)| trimmed)
    }

    /// When the oldest line goes.
    pub fn trims_at(&self) -> Option<Timestamp> {
        self.clinic.trims_at(&self.store).expect("the storage works")
    }

    /// A step 1 pair: the number and the password.
    pub fn computer(&self, index: usize) -> (u32, String) {
        let secrets = self.secrets.borrow();
        let secret = &secrets.as_ref().expect("the clinic is open").computers[index];
        (index as u32 + 1, secret.password.clone())
    }

    /// The code that an authenticator app shows so many steps from now.
    pub fn code(&self, steps: i64) -> String {
        let secrets = self.secrets.borrow();
        self.code_of(&secrets.as_ref().expect("the clinic is open").profiles[0].otpauth_url, steps)
    }

    /// The code that an authenticator app with this QR code shows so many steps from now.
    pub fn code_of(&self, url: &str, steps: i64) -> String {
        let secret = url.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).expect("a secret");
        let secret = totp_rs::Secret::try_from_base32(secret).expect("base 32");
        let totp = totp_rs::Builder::new().with_secret(secret).build().expect("a well-formed secret");
        let seconds = self.now.get().seconds() + steps * STEP_SECONDS as i64;
        totp.generate(seconds as u64).to_string()
    }

    /// A browser that nobody has authorized.
    pub fn stranger(&self) -> Door<'_> {
        let caller = Caller { address: "127.0.0.1".into(), key: Some(KEY.into()), ..Caller::default() };
        Door { house: self, caller }
    }

    /// A browser on a computer, at step 3. Waits for the next code, so that it can be asked for again and again.
    pub fn door(&self, computer: usize) -> Door<'_> {
        self.pass_seconds(STEP_SECONDS as i64);
        let mut door = self.stranger();
        door.authorize_computer(computer).expect("step 1");
        // The owners are told of each browser. Doors are opened by the dozen, and what they are opened for is told of besides.
        let told = "DELETE FROM outbox WHERE kind = '\"computer_authorized\"'";
        self.store.run(told, &[]).expect("the storage works");
        door.authorize_profile(&self.code(0)).expect("step 2");
        door
    }

    /// A browser with somebody signed in.
    pub fn signed_in(&self, login: &str) -> Door<'_> {
        let mut door = self.door(1);
        door.sign_in(login).expect("signs in");
        door
    }

    /// The id of a login's account.
    pub fn account(&self, login: &str) -> AccountId {
        let users: UserList = self.signed_in("partner").ask(&ListUsers {}).expect("a list");
        users.users.into_iter().find(|user| user.login == login).expect("an account").id
    }

    /// Takes the mails that are due, and says that they were accepted.
    pub fn deliver(&self) -> Vec<OutgoingMail> {
        self.try_to_deliver(&Delivery::Accepted { provider_id: "accepted".into() })
    }

    /// Takes the mails that are due, and says what became of them.
    pub fn try_to_deliver(&self, delivery: &Delivery) -> Vec<OutgoingMail> {
        let mails = self.take_due_mails();
        for mail in &mails {
            self.record(mail, delivery);
        }
        mails
    }

    /// Says what became of a mail.
    pub fn record(&self, mail: &OutgoingMail, delivery: &Delivery) {
        self.try_to_record(mail, delivery).expect("the storage works");
    }

    /// The same on storage that may fail.
    ///
    /// # Errors
    /// When the storage failed.
    pub fn try_to_record(&self, mail: &OutgoingMail, delivery: &Delivery) -> Result<(), SqlError> {
        let (now, key) = (self.now.get(), &mail.idempotency_key);
        self.clinic.record_delivery(&self.store, now, key, delivery).map(drop)
    }

    /// Takes the mails that are due.
    pub fn take_due_mails(&self) -> Vec<OutgoingMail> {
        self.due_mails().expect("the storage works")
    }

    /// The same on storage that may fail.
    ///
    /// # Errors
    /// When the storage failed.
    pub fn due_mails(&self) -> Result<Vec<OutgoingMail>, SqlError> {
        let (mails, told) = self.clinic.take_due_mails(&self.store, self.now.get())?;
        *self.told.borrow_mut() = told;
        Ok(mails)
    }

    /// Since when the mail that has waited the longest waits.
    pub fn mail_waits_since(&self) -> Option<Timestamp> {
        self.clinic.mail_waits_since(&self.store).expect("the storage works")
    }

    /// When the alarm has to ring.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.clinic.wake_at(&self.store, self.now.get()).expect("the storage works")
    }
}

fn user(login: &str, role: Role) -> NewUser {
    NewUser {
        role,
        last_name: format!("{}{}", login[..1].to_uppercase(), &login[1..]),
        first_name: "Jane".into(),
        middle_name: None,
        position: String::new(),
        email: format!("{login}@clinic.example"),
        login: login.into(),
    }
}

/// A browser, with the tokens of its cookies.
pub struct Door<'a> {
    house: &'a House,
    /// What its cookies say.
    pub caller: Caller,
}

impl<'a> Door<'a> {
    /// A browser whose cookies say so.
    pub fn at(house: &'a House, caller: Caller) -> Self {
        Door { house, caller }
    }
}

impl Door<'_> {
    /// Sends a command on storage that works.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn ask<C: Command>(&self, command: &C) -> Result<C::Reply, Problem> {
        self.house.ask(&self.caller, command).expect("the storage works")
    }

    /// Step 1 with one of the first access forms.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn authorize_computer(&mut self, computer: usize) -> Result<SignInState, Problem> {
        let (number, password) = self.house.computer(computer);
        self.authorize(number, &password)
    }

    /// Step 1.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn authorize(&mut self, number: u32, password: &str) -> Result<SignInState, Problem> {
        let Granted { token, state } =
            self.ask(&AuthorizeComputer { number, password: password.parse()? })?;
        self.caller.computer = Some(token);
        Ok(state)
    }

    /// Step 2.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn authorize_profile(&mut self, code: &str) -> Result<SignInState, Problem> {
        let Granted { token, state } = self.ask(&AuthorizeProfile { code: code.parse()? })?;
        self.caller.profile = Some(token);
        Ok(state)
    }

    /// Reserves a try, and waits for its turn at the computer as the Worker does.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn reserve(&self, login: &str) -> Result<Reservation, Problem> {
        let mut turn = None;
        loop {
            match self.ask(&ReserveAttempt { login: login.parse()?, turn })? {
                Reservation::Turn { at, wait_millis } => {
                    self.house.pass_millis(wait_millis.into());
                    turn = Some(at);
                }
                reservation => return Ok(reservation),
            }
        }
    }

    /// Reserves a try that must be granted.
    pub fn reserved(&self, login: &str) -> Attempt {
        match self.reserve(login) {
            Ok(Reservation::Check { attempt, .. }) => attempt,
            other => panic!("expected a reservation, got {other:?}"),
        }
    }

    /// Settles a try.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn settle(&mut self, attempt: Attempt, right: bool) -> Result<SignInState, Problem> {
        let Granted { token, state } = self.ask(&SettleAttempt { attempt, right })?;
        self.caller.question = Some(token);
        Ok(state)
    }

    /// Step 3, with a right or a wrong password.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn password(&mut self, login: &str, right: bool) -> Result<SignInState, Problem> {
        match self.reserve(login)? {
            Reservation::Check { attempt, .. } => self.settle(attempt, right),
            other => panic!("nobody else is trying: {other:?}"),
        }
    }

    /// Answers "Is this you?".
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn answer(&mut self, yes: bool) -> Result<SignInState, Problem> {
        let answered = self.ask(&AnswerQuestion { yes })?;
        self.caller.session = answered.token;
        Ok(answered.state)
    }

    /// Step 3 and the question.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn sign_in(&mut self, login: &str) -> Result<SignInState, Problem> {
        self.password(login, true)?;
        self.answer(true)
    }

    /// Locks an account by five wrong passwords, and comes again where the computer rests.
    pub fn lock(&mut self, login: &str) {
        loop {
            let problem = self.password(login, false).expect_err("wrong");
            match problem.code {
                ProblemCode::AccountLocked => return,
                ProblemCode::SlowDown => {
                    self.house.pass_seconds(problem.retry_after_seconds.expect("a wait").into())
                }
                _ => {}
            }
        }
    }

    /// Opens an account window.
    pub fn window(&self, id: &AccountId) -> UserWindow {
        self.ask(&ReadUser { id: id.clone() }).expect("signed in")
    }

    /// Asks for a PIN.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn send_pin(&self, id: &AccountId) -> Result<PinSent, Problem> {
        self.ask(&SendPin { id: id.clone() })
    }

    /// Tries a PIN.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn unlock(&self, id: &AccountId, pin: &str) -> Result<UserWindow, Problem> {
        self.ask(&Unlock { id: id.clone(), pin: pin.parse()? })
    }

    /// The whole log, newest first.
    pub fn log(&self) -> Vec<ActivityLine> {
        let (mut lines, mut before) = (Vec::new(), None);
        loop {
            let page = ListActivities { before, limit: 7, search: Search::default() };
            let page: ActivitiesPage = self.ask(&page).expect("signed in");
            lines.extend(page.lines);
            before = page.next;
            if before.is_none() {
                return lines;
            }
        }
    }
}

/// The PIN in a mail: its line of six digits.
pub fn pin_in(mail: &OutgoingMail) -> String {
    let digits = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    mail.text.lines().map(str::trim).find(digits).expect("a PIN in the mail").to_owned()
}
