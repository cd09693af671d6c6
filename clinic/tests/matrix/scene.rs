//! A clinic with somebody on the way in: ways are begun in it and come to their end.

use std::{cell::RefCell, collections::BTreeSet, mem};

use clinic::{
    Caller,
    call::CallKey,
    clinic::envelope,
    commands::{
        Command,
        computer::AuthorizeComputer,
        computers::{ListComputers, ReissueComputer},
        emergency::{ReopenProfile, UnlockOwner},
        login::{Attempt, Reservation, ReserveAttempt, SettleAttempt},
        outbox::OutgoingMail,
        password::{ChooseOwnPassword, ConfirmOwnPassword, ReserveOwnAttempt, SettleOwnAttempt},
        people::{FirstPassword, RestoreAccess},
        profile::AuthorizeProfile,
        question::{AnswerQuestion, Answered},
        recovery::{CheckReset, RequestReset, ResetPassword},
        session::UseSession,
        unlock::{SendPin, Unlock},
        users::ListUsers,
    },
    records::sql::Sql,
    rules::totp::STEP_SECONDS,
    testing::{Door, House, pin_in},
};
use wire::{
    Problem, ProblemCode,
    computers::{AccessForm, Computer, ComputerList},
    fields::ComputerUsername,
    ids::AccountId,
    recovery::ResetToken,
    settings::Policies,
};

use crate::table::{
    End::{self, Done, In, No},
    Fate::{self, BySupport, ProfileGone, ReissuedBeside},
    Way,
};

/// The hash of the password that the owner of the way knows.
pub const KNOWN: &str = "hash of owner";
/// The hash of one that others give them, or that they choose later.
pub const CHOSEN: &str = "hash of another";
/// Why the operator does what they do.
pub const WHY: &str = "Rang the practice, she knew the rota";

/// A clinic with an owner on the way in at the reception, and others in the office who can do something about
/// it.
pub struct Scene {
    pub house: House,
    /// Whose way it is.
    pub me: AccountId,
    /// The other owner, in the office.
    pub partner: Caller,
    /// The same, in another browser at the reception.
    pub beside: RefCell<Caller>,
    /// In the office.
    pub manager: Caller,
    /// A browser in the office where others try passwords.
    pub office: Caller,
    /// Another one there, for the owner themselves.
    pub elsewhere: Caller,
    /// What stands on the newest form of the reception.
    pub form: RefCell<(u32, String)>,
    /// The commands that ways have asked.
    pub asked: RefCell<BTreeSet<&'static str>>,
}

/// A way that was begun.
pub struct Begun {
    pub caller: Caller,
    pub held: Held,
}

/// What is held of it beside cookies.
pub enum Held {
    Nothing,
    Try(Attempt),
    Link(ResetToken),
    Call(String),
    Pin(AccountId, String),
}

/// What stands in the records: sessions and questions of the one whose way it is, and the sessions of all
/// others.
pub struct Stand {
    pub own: [u32; 2],
    pub others: u32,
}

pub fn first() -> FirstPassword {
    FirstPassword { password: "abcd2345".into(), hash: CHOSEN.into() }
}

/// Whoever has the key of the deployment.
pub fn operator() -> Caller {
    Caller { address: "192.0.2.1".into(), ..Caller::default() }
}

pub fn link_in(mails: &[OutgoingMail]) -> ResetToken {
    let link = |mail: &OutgoingMail| {
        mail.text.lines().find_map(|line| line.strip_prefix("https://wardkey.example/reset#")?.parse().ok())
    };
    mails.iter().find_map(link).expect("a link in the mails")
}

impl Scene {
    /// A clinic, with those there whom this fate needs.
    pub fn open(fate: Fate) -> Self {
        let house = House::open();
        let signed_in = |needed: bool, login: &str, computer: usize| {
            if !needed {
                return Caller::default();
            }
            let mut door = house.door(computer);
            door.sign_in(login).unwrap();
            door.caller
        };
        let partner = signed_in(true, "partner", 1);
        let beside = RefCell::new(signed_in(matches!(fate, ReissuedBeside | ProfileGone), "partner", 0));
        let manager = signed_in(fate == BySupport, "manager", 1);
        let (office, elsewhere) = (house.door(1).caller, house.door(1).caller);
        let (me, form) = (AccountId::from_stored(String::new()), RefCell::new(house.computer(0)));
        let asked = RefCell::default();
        let scene = Scene { house, me, partner, beside, manager, office, elsewhere, form, asked };
        Scene { me: scene.account("owner"), ..scene }
    }

    /// Asks a command that is on the way.
    pub fn ask<C: Command>(&self, caller: &Caller, command: &C) -> Result<C::Reply, ProblemCode> {
        self.asked.borrow_mut().insert(C::NAME);
        self.house.ask(caller, command).expect("the storage works").map_err(|problem| problem.code)
    }

    /// Asks what befalls it, which must not be refused.
    pub fn has<C: Command>(&self, caller: &Caller, command: &C) -> C::Reply {
        let done: Result<C::Reply, Problem> = self.house.ask(caller, command).expect("the storage works");
        done.unwrap_or_else(|problem| panic!("{}: {problem:?}", C::NAME))
    }

    pub fn account(&self, login: &str) -> AccountId {
        let users = self.has(&self.partner, &ListUsers {}).users;
        users.into_iter().find(|user| user.login == login).expect("an account").id
    }

    fn login(&self) -> String {
        let statement = "SELECT login FROM accounts WHERE id = ?1";
        let rows = self.house.store.query(statement, &[self.me.as_str().into()]);
        rows.unwrap_or_default().pop().map_or_else(|| "owner".to_owned(), |mut row| row.take().unwrap())
    }

    pub fn computers(&self) -> ComputerList {
        self.has(&self.partner, &ListComputers {})
    }

    pub fn reception(&self) -> Computer {
        let computers = self.computers().computers;
        computers.into_iter().find(|computer| computer.label == "Reception 1").expect("the reception")
    }

    fn count(&self, what: &str) -> u32 {
        let rows = self.house.store.query(&format!("SELECT COUNT(*) FROM {what}"), &[]);
        rows.map_or(0, |mut rows| rows[0].take().unwrap())
    }

    pub fn stand(&self) -> Stand {
        let own = ["sessions", "questions"];
        let own = own.map(|table| self.count(&format!("{table} WHERE account = '{}'", self.me)));
        Stand { own, others: self.count(&format!("sessions WHERE account <> '{}'", self.me)) }
    }

    /// Begins a way at the reception.
    pub fn begin(&self, way: Way) -> Begun {
        let mut held = Held::Nothing;
        if way == Way::Choice {
            self.has(&self.partner, &RestoreAccess { id: self.me.clone(), first: first() });
        }
        let mut door = match way {
            Way::Form => self.house.stranger(),
            Way::Code | Way::Reopening => {
                let mut door = self.house.stranger();
                door.authorize_computer(0).unwrap();
                door
            }
            _ => self.house.door(0),
        };
        match way {
            Way::Form | Way::Code | Way::Password => {}
            Way::Reopening => self.house.store.run("UPDATE profiles SET wrong_codes = 100", &[]).unwrap(),
            Way::Try => held = Held::Try(self.reserve(&door.caller, "owner").expect("a try").0),
            Way::Question | Way::KeptQuestion | Way::Emergency => drop(door.password("owner", true).unwrap()),
            Way::LostAnswer => {
                door.password("owner", true).unwrap();
                let key = CallKey::from_random([7; 16]);
                let call = envelope(&AnswerQuestion { yes: true }, &door.caller, Some(key)).unwrap();
                self.house.deliver_call(&call).unwrap();
                held = Held::Call(call);
            }
            Way::Choice => {
                door.password("owner", true).unwrap();
                let answered = door.ask(&AnswerQuestion { yes: true }).unwrap();
                door.caller.question = answered.choice;
            }
            Way::Session | Way::Kept => drop(door.sign_in("owner").unwrap()),
            Way::Covered => {
                door.sign_in("owner").unwrap();
                let idle = i64::from(Policies::default().idle_minutes) * 60;
                let used_at = self.house.now().plus_seconds(-idle);
                let statement = "UPDATE sessions SET last_used_at = ?1 WHERE account = ?2";
                let values = [used_at.0.into(), self.me.as_str().into()];
                self.house.store.run(statement, &values).unwrap();
            }
            Way::Confirm | Way::Change | Way::WithinToDoor => {
                door.sign_in("owner").unwrap();
                self.house.pass_seconds(1);
                match self.ask(&door.caller, &ReserveOwnAttempt { turn: None }).expect("a session") {
                    Reservation::Check { attempt, .. } => held = Held::Try(attempt),
                    other => panic!("nobody else is trying: {other:?}"),
                }
            }
            Way::Link => {
                self.ask(&door.caller, &RequestReset { login: "owner".parse().unwrap() }).expect("an answer");
                held = Held::Link(link_in(&self.house.deliver()));
            }
            Way::NewForm => {
                door.sign_in("owner").unwrap();
                let reissue = ReissueComputer { id: self.reception().id };
                let reissued = self.ask(&door.caller, &reissue).expect("an owner may");
                door.caller.computer = reissued.token;
                self.note_form(&reissued.form);
                if self.beside.borrow().session.is_some() {
                    self.beside.replace(self.partner_beside());
                }
            }
            Way::Pin => {
                door.sign_in("owner").unwrap();
                Door::at(&self.house, self.office.clone()).lock("nurse2");
                let id = self.account("nurse2");
                self.house.deliver();
                self.ask(&door.caller, &SendPin { id: id.clone() }).expect("an owner may");
                held = Held::Pin(id, pin_in(&self.house.deliver()[0]));
            }
        }
        Begun { caller: door.caller, held }
    }

    /// The reception has another form from now on.
    pub fn note_form(&self, form: &AccessForm) {
        let pair = form.computer.as_ref().expect("a pair");
        let username: ComputerUsername = pair.username.parse().unwrap();
        self.form.replace((username.number(), pair.password.clone()));
    }

    /// The other owner, in another browser at the reception, with its newest form.
    fn partner_beside(&self) -> Caller {
        self.house.pass_seconds(STEP_SECONDS as i64);
        let mut door = self.house.stranger();
        let (number, password) = self.form.borrow().clone();
        door.authorize(number, &password).unwrap();
        door.authorize_profile(&self.house.code(0)).unwrap();
        door.sign_in("partner").unwrap();
        door.caller
    }
}

impl Scene {
    /// Goes a way to its end, from where it was begun.
    pub fn end(&self, way: Way, begun: &mut Begun) -> End {
        let Begun { caller, held } = begun;
        let held = mem::replace(held, Held::Nothing);
        self.lead(way, caller, held).unwrap_or_else(No)
    }

    fn lead(&self, way: Way, caller: &mut Caller, held: Held) -> Result<End, ProblemCode> {
        match (way, held) {
            (Way::Form, _) => {
                let (number, password) = self.house.computer(0);
                caller.computer = Some(self.authorize_computer(caller, number, &password)?);
                self.authorize_profile(caller)?;
                self.sign_in(caller, "owner", KNOWN)
            }
            (Way::Code, _) => {
                self.authorize_profile(caller)?;
                self.sign_in(caller, "owner", KNOWN)
            }
            (Way::Password | Way::Covered, _) => self.sign_in(caller, "owner", KNOWN),
            (Way::Try | Way::WithinToDoor, Held::Try(attempt)) => {
                caller.question = Some(self.ask(caller, &SettleAttempt { attempt, right: true })?.token);
                self.answer(caller)
            }
            (Way::Question, _) => self.answer(caller),
            (Way::Choice, _) => self.choose(caller),
            (Way::Session | Way::NewForm, _) => self.use_session(caller),
            (Way::Confirm, Held::Try(attempt)) => {
                self.ask(caller, &ConfirmOwnPassword { attempt, right: true })?;
                self.use_session(caller)
            }
            (Way::Change, Held::Try(attempt)) => {
                let password_hash = Some(CHOSEN.to_owned());
                self.ask(caller, &SettleOwnAttempt { attempt, right: true, password_hash })?;
                self.use_session(caller)
            }
            (Way::Link, Held::Link(ResetToken { account, secret, .. })) => {
                let check = CheckReset { account: account.clone(), secret: secret.clone() };
                let phone = self.house.stranger().caller;
                let checked = self.ask(&phone, &check);
                let chosen = "a password chosen with a link".to_owned();
                let reset = ResetPassword { account, secret, password_hash: chosen.clone() };
                let done = self.ask(&phone, &reset);
                let login = checked.map(|case| case.offer.person.login);
                assert_eq!(
                    login.as_ref().err(),
                    done.as_ref().err(),
                    "looked at and used, a link is as good"
                );
                done?;
                self.sign_in(caller, &login?, &chosen)
            }
            (Way::Kept | Way::KeptQuestion, _) => {
                let bare = self.house.stranger().caller;
                let (number, password) = self.form.borrow().clone();
                caller.computer = Some(self.authorize_computer(&bare, number, &password)?);
                if way == Way::Kept { self.use_session(caller) } else { self.answer(caller) }
            }
            (Way::LostAnswer, Held::Call(call)) => {
                let reply = self.house.deliver_call(&call).expect("the storage works");
                let reply: Result<Answered, Problem> = serde_json::from_str(&reply).expect("an answer");
                caller.session = reply.map_err(|problem| problem.code)?.token;
                self.use_session(caller)
            }
            (Way::Emergency, _) => {
                let login = self.login();
                self.strike_out(&login);
                self.strike_out("partner");
                let unlock = UnlockOwner { login: login.parse().unwrap(), reason: WHY.into() };
                let unlocked = self.ask(&operator(), &unlock).map(|_| Done);
                if self.answer(caller).is_ok() { Ok(In) } else { unlocked }
            }
            (Way::Reopening, _) => {
                let reopen = ReopenProfile { profile: "Main".into(), reason: WHY.into() };
                self.ask(&operator(), &reopen)?;
                self.authorize_profile(caller)?;
                Ok(Done)
            }
            (Way::Pin, Held::Pin(id, pin)) => {
                self.ask(caller, &Unlock { id, pin: pin.parse().unwrap() })?;
                Ok(Done)
            }
            (way, _) => panic!("{way:?} was not begun"),
        }
    }

    fn authorize_computer(&self, by: &Caller, number: u32, password: &str) -> Result<String, ProblemCode> {
        let authorize = AuthorizeComputer { number, password: password.parse().unwrap() };
        self.ask(by, &authorize).map(|granted| granted.token)
    }

    /// Step 2 with the authenticator as it was set up, once it shows a code that was not used.
    fn authorize_profile(&self, caller: &mut Caller) -> Result<(), ProblemCode> {
        self.house.pass_idle_seconds(STEP_SECONDS as i64);
        let code = self.house.code(0).parse().unwrap();
        caller.profile = Some(self.ask(caller, &AuthorizeProfile { code })?.token);
        Ok(())
    }

    /// Reserves a try, and gives as well what its password is looked at with.
    fn reserve(&self, caller: &Caller, login: &str) -> Result<(Attempt, String), ProblemCode> {
        let mut turn = None;
        loop {
            match self.ask(caller, &ReserveAttempt { login: login.parse().unwrap(), turn })? {
                Reservation::Check { attempt, password_hash } => return Ok((attempt, password_hash)),
                Reservation::Turn { at, wait_millis } => {
                    self.house.pass_millis(wait_millis.into());
                    turn = Some(at);
                }
                Reservation::Wait => panic!("nobody else is trying"),
            }
        }
    }

    /// Step 3 with the password of this hash, which is right where it is the hash that stands there, and the
    /// question.
    fn sign_in(&self, caller: &mut Caller, login: &str, known: &str) -> Result<End, ProblemCode> {
        let (attempt, password_hash) = self.reserve(caller, login)?;
        // Where the clinic came from elsewhere, the key of the hash stands behind it.
        let right = password_hash.split('#').next() == Some(known);
        caller.question = Some(self.ask(caller, &SettleAttempt { attempt, right })?.token);
        self.answer(caller)
    }

    /// Says yes, and chooses a password where that is asked for.
    fn answer(&self, caller: &mut Caller) -> Result<End, ProblemCode> {
        let answered = self.ask(caller, &AnswerQuestion { yes: true })?;
        caller.session = answered.token;
        if answered.choice.is_some() {
            caller.question = answered.choice;
            return self.choose(caller);
        }
        self.use_session(caller)
    }

    fn choose(&self, caller: &mut Caller) -> Result<End, ProblemCode> {
        let chosen = self.ask(caller, &ChooseOwnPassword { password_hash: "a third hash".into() })?;
        caller.session = chosen.token;
        self.use_session(caller)
    }

    fn use_session(&self, caller: &Caller) -> Result<End, ProblemCode> {
        self.ask(caller, &UseSession {}).map(|_| In)
    }

    /// Tries wrong passwords in the office, for as long as its door lets anybody try.
    fn strike_out(&self, login: &str) {
        let mut door = Door::at(&self.house, self.office.clone());
        loop {
            let problem = door.password(login, false).expect_err("wrong");
            match (problem.code, problem.retry_after_seconds) {
                (ProblemCode::LoginWrong, _) => {}
                (ProblemCode::SlowDown, Some(seconds)) => self.house.pass_idle_seconds(seconds.into()),
                _ => return,
            }
        }
    }
}
