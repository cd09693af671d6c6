//! The support desk on real SQLite, with a clock that the test moves, and operators who sign in with an authenticator of their own.

use std::cell::{Cell, RefCell};

use serde_json::{Value, json};
use wire::{
    Problem,
    fields::CaseCode,
    ids::CaseId,
    support::{Desk, SupportCase},
};

use super::{House, Seeded, Sqlite, harness::KEY};
use crate::{
    call::Caller,
    clinic::envelope,
    commands::{
        Command,
        login::Reservation,
        support::{ReadCodedCase, UnlockBySupport},
    },
    desk::{
        BeginUnlock, MakeOperator, NoteCase, PendingUnlock, ReadDesk, RemoveOperator, ReserveOperatorAttempt,
        SeekCase, SettleOperatorAttempt, SettleSeek, Sought, SupportDesk,
    },
    keys::Keys,
    records::sql::SqlError,
    rules::totp::STEP_SECONDS,
};

/// The desk of the deployment that a [`House`] stands in.
pub struct DeskHouse<'a> {
    /// The clinic, whose clock is the desk's.
    pub house: &'a House,
    /// The records.
    pub store: Sqlite,
    desk: SupportDesk,
    random: RefCell<Seeded>,
    urls: RefCell<Vec<(String, String)>>,
    strangers: Cell<u8>,
}

/// An operator's browser.
pub struct OperatorDoor<'a> {
    desk: &'a DeskHouse<'a>,
    /// What its cookie says.
    pub caller: Caller,
}

impl<'a> DeskHouse<'a> {
    /// A desk with two operators, "sam" and "kim".
    pub fn open(house: &'a House) -> Self {
        let desk = DeskHouse {
            house,
            store: Sqlite::in_memory(),
            desk: SupportDesk::new(Keys::derive(&[1; 32])),
            random: RefCell::new(Seeded::from(1 << 32)),
            urls: RefCell::default(),
            strangers: Cell::new(0),
        };
        for login in ["sam", "kim"] {
            desk.make(login);
        }
        desk
    }

    /// Makes an operator, or renews one; the hash of the password is the login behind `hash of `.
    pub fn make(&self, login: &str) {
        let name = format!("{}{}", login[..1].to_uppercase(), &login[1..]);
        let login_field = login.parse().expect("a login");
        let command = MakeOperator { name, login: login_field, password_hash: format!("hash of {login}") };
        let url = self.ask(&Caller::default(), &command).expect("the storage works").expect("well formed");
        self.urls.borrow_mut().retain(|(other, _)| other != login);
        self.urls.borrow_mut().push((login.to_owned(), url));
    }

    /// Removes an operator, and gives the name, where there was one.
    pub fn remove(&self, login: &str) -> Option<String> {
        let command = RemoveOperator { login: login.parse().expect("a login") };
        let removed = self.ask(&Caller::default(), &command).expect("the storage works");
        removed.expect("nothing is refused").name
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
        self.desk.answer(&self.store, self.house.now(), &mut *self.random.borrow_mut(), envelope)
    }

    /// Sends a command by its name, with a body that may be none.
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
        Ok(serde_json::from_str(&self.deliver_call(&envelope)?).expect("a result"))
    }

    /// The code that an operator's authenticator shows so many steps from now.
    pub fn code(&self, login: &str, steps: i64) -> String {
        let urls = self.urls.borrow();
        let url = &urls.iter().find(|(other, _)| other == login).expect("an operator").1;
        self.house.code_of(url, steps)
    }

    /// A browser that nobody is signed in on, in a network of its own.
    pub fn stranger(&self) -> OperatorDoor<'_> {
        self.strangers.set(self.strangers.get() + 1);
        let address = format!("192.0.2.{}", self.strangers.get());
        OperatorDoor { desk: self, caller: Caller { address, key: Some(KEY.into()), ..Caller::default() } }
    }

    /// A browser with an operator signed in. Waits for the next code, so that it can be asked for again and again.
    pub fn signed_in(&self, login: &str) -> OperatorDoor<'_> {
        self.house.pass_seconds(STEP_SECONDS as i64);
        let mut door = self.stranger();
        door.sign_in(login, true, &self.code(login, 0)).expect("signs in");
        door
    }
}

impl OperatorDoor<'_> {
    /// Sends a command on storage that works.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn ask<C: Command>(&self, command: &C) -> Result<C::Reply, Problem> {
        self.desk.ask(&self.caller, command).expect("the storage works")
    }

    /// Tries login, password and code.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn sign_in(&mut self, login: &str, right: bool, code: &str) -> Result<(), Problem> {
        match self.ask(&ReserveOperatorAttempt { login: login.parse()? })? {
            Reservation::Check { attempt, .. } => {
                let settle = SettleOperatorAttempt { attempt, right, code: code.parse()? };
                self.caller.session = Some(self.ask(&settle)?);
                Ok(())
            }
            other => panic!("nobody else is trying: {other:?}"),
        }
    }

    /// The desk, as this operator sees it.
    pub fn desk(&self) -> Desk {
        self.ask(&ReadDesk {}).expect("signed in")
    }

    /// Looks a code up, at the desk and in the clinic, as the Worker does.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn look_up(&self, code: &str) -> Result<SupportCase, Problem> {
        let code: CaseCode = code.parse()?;
        let Sought { seek, clinic, reader } = self.ask(&SeekCase { code: code.clone() })?;
        let read = ReadCodedCase { code: code.clone(), reader };
        let found = clinic.and_then(|clinic| {
            let told = self.desk.house.ask(&Caller::default(), &read).expect("the storage works");
            told.ok().map(|told| (clinic, told))
        });
        self.ask(&SettleSeek { seek, code, found })
    }

    /// Begins an unlock.
    ///
    /// # Errors
    /// When the rules refuse.
    pub fn begin(&self, case: &CaseId, called_back: bool, why: &str) -> Result<PendingUnlock, Problem> {
        self.ask(&BeginUnlock { case: case.clone(), called_back, why: why.to_owned() })
    }

    /// Asks the clinic for an unlock that was begun, and notes what it says.
    pub fn finish(&self, pending: PendingUnlock) -> SupportCase {
        let PendingUnlock { case, operator, why, .. } = pending;
        let command = UnlockBySupport { case, operator, why };
        let told = self.desk.house.ask(&Caller::default(), &command).expect("the storage works");
        self.ask(&NoteCase { told: told.expect("a case") }).expect("signed in")
    }
}
