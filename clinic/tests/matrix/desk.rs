//! The same at the support desk: the ways of its operators, their fates, and where each leads.

use std::{cell::RefCell, collections::BTreeSet};

use clinic::{
    Caller,
    commands::{
        Command,
        archive::{CloseClinic, DeleteClinic},
        login::{Attempt, Reservation},
    },
    desk::{
        self, MakeOperator, ReadDesk, ReserveOperatorAttempt, SettleOperatorAttempt, SignOutOperator,
        UnlockOperator,
    },
    records::sql::{Sql, Store},
    rules::totp::STEP_SECONDS,
    testing::{DeskHouse, House},
};
use wire::{
    ProblemCode::{self, self as P},
    ids::OperatorId,
};

use self::DeskFate::*;
use crate::{
    cells,
    fates::CODES_OVER_SECONDS,
    parts::{DESK_PARTS, on_the_way},
    scene::{CHOSEN, KNOWN, WHY, operator},
    table::{
        Cells,
        End::{self, In, No},
    },
};

/// A way to a session at the support desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeskWay {
    /// Login, password and authenticator, of which nothing was used yet.
    All,
    /// A try whose password is looked at just now, and is right.
    Try,
    /// A session, used on.
    Session,
}

/// What becomes of the operator before the way comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum DeskFate {
    /// Nothing.
    AsBefore,
    /// Five wrong tries lock them.
    Shut,
    /// The same, and a colleague has unlocked them.
    ByColleague,
    /// The same, and the deployment's key has made them anew.
    MadeAnew,
    /// Removed.
    Gone,
    /// Removed, and made again under the same login.
    MadeAgain,
    /// The records of the desk were brought back from a backup.
    DeskBackup,
    /// The clinic that they look after is closed and deleted.
    ClinicGone,
}

const DESK_FATES: [DeskFate; 8] =
    [AsBefore, Shut, ByColleague, MadeAnew, Gone, MadeAgain, DeskBackup, ClinicGone];

/// One row a way, with no questions: an operator is asked none.
#[rustfmt::skip]
const DESK_TABLE: [(DeskWay, &[Cells<DeskFate>]); 3] = [
    (DeskWay::All, &[
        (In, [1, 0], &[AsBefore, ByColleague, DeskBackup, ClinicGone]),
        (No(P::OperatorLocked), [0, 0], &[Shut]),
        (No(P::OperatorWrong), [0, 0], &[MadeAnew, Gone, MadeAgain]),
    ]),
    (DeskWay::Try, &[
        (In, [1, 0], &[AsBefore, DeskBackup, ClinicGone]),
        (No(P::OperatorLocked), [0, 0], &[Shut]),
        (No(P::Busy), [0, 0], &[ByColleague, MadeAnew, MadeAgain]),
        (No(P::OperatorWrong), [0, 0], &[Gone]),
    ]),
    (DeskWay::Session, &[
        (In, [1, 0], &[AsBefore, Shut, ByColleague, ClinicGone]),
        (No(P::OperatorRequired), [0, 0], &[MadeAnew, Gone, MadeAgain, DeskBackup]),
    ]),
];

#[test]
fn each_way_to_the_desk_comes_to_the_end_that_its_fate_leaves_it() {
    let (mut asked, mut wrong, mut tried) = (BTreeSet::new(), Vec::new(), 0);
    for (way, row) in DESK_TABLE {
        for (fate, expected) in cells(row, &DESK_FATES, &format!("{way:?}")) {
            let house = House::open();
            let desk = DeskHouse::open(&house);
            let scene = DeskScene { desk, url: RefCell::default(), asked: RefCell::default() };
            let (end, stand) = scene.play(way, fate);
            tried += 1;
            if (end, stand) != expected {
                wrong.push(format!("{way:?} {fate:?}: {end:?} {stand:?}, and not {expected:?}"));
            }
            asked.extend(scene.asked.into_inner());
        }
    }
    println!("{} ways to the desk, {} fates: {tried} cells", DESK_TABLE.len(), DESK_FATES.len());
    assert!(wrong.is_empty(), "{} of {tried} cells:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(asked, on_the_way(DESK_PARTS), "what the rows ask, and what is said to be on the way");
}

/// A desk at which "sam" is on the way in, and "kim" works.
struct DeskScene<'a> {
    desk: DeskHouse<'a>,
    /// The address of sam's authenticator, as it was set up.
    url: RefCell<String>,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl DeskScene<'_> {
    fn ask<C: Command>(&self, caller: &Caller, command: &C) -> Result<C::Reply, ProblemCode> {
        self.asked.borrow_mut().insert(C::NAME);
        self.desk.ask(caller, command).expect("the storage works").map_err(|problem| problem.code)
    }

    fn make(&self, password_hash: &str) -> String {
        let login = "sam".parse().unwrap();
        let make = MakeOperator { name: "Sam".into(), login, password_hash: password_hash.into() };
        self.desk.ask(&operator(), &make).unwrap().unwrap()
    }

    /// Begins a way, lets something befall the operator, and goes the way to its end: that, and their
    /// sessions that stand.
    fn play(&self, way: DeskWay, fate: DeskFate) -> (End, [u32; 2]) {
        let url = self.make(KNOWN);
        self.url.replace(url);
        let mut sam = self.desk.stranger().caller;
        let kim = self.desk.signed_in("kim").caller;
        let mut held = None;
        match way {
            DeskWay::All => {}
            DeskWay::Try => held = Some(self.reserve(&sam).expect("a try")),
            DeskWay::Session => {
                let attempt = self.reserve(&sam).expect("a try");
                self.settle(&mut sam, attempt).expect("signs in");
            }
        }
        let id = self.id();
        self.befall(fate, &kim);
        let end = match (way, held) {
            (DeskWay::All, _) => self.reserve(&sam).and_then(|attempt| self.settle(&mut sam, attempt)),
            (_, Some(attempt)) => self.settle(&mut sam, attempt),
            (_, None) => Ok(()),
        };
        let end = end.and_then(|()| self.ask(&sam, &ReadDesk {}));
        let statement = "SELECT COUNT(*) FROM operator_sessions WHERE operator = ?1";
        let mut rows = self.desk.store.query(statement, &[id.as_str().into()]).unwrap();
        (end.map_or_else(No, |_| In), [rows[0].take().unwrap(), 0])
    }

    fn id(&self) -> OperatorId {
        let mut rows = self.desk.store.query("SELECT id FROM operators WHERE login = 'sam'", &[]).unwrap();
        OperatorId::from_stored(rows[0].take().unwrap())
    }

    /// A try, and whether the password that sam knows is looked at in it.
    fn reserve(&self, caller: &Caller) -> Result<(Attempt, bool), ProblemCode> {
        match self.ask(caller, &ReserveOperatorAttempt { login: "sam".parse().unwrap() })? {
            Reservation::Check { attempt, password_hash } => Ok((attempt, password_hash == KNOWN)),
            other => panic!("nobody else is trying: {other:?}"),
        }
    }

    fn settle(&self, sam: &mut Caller, (attempt, right): (Attempt, bool)) -> Result<(), ProblemCode> {
        self.desk.house.pass_seconds(STEP_SECONDS as i64);
        let code = self.desk.house.code_of(&self.url.borrow(), 0).parse().unwrap();
        sam.session = Some(self.ask(sam, &SettleOperatorAttempt { attempt, right, code })?);
        Ok(())
    }

    /// As in a clinic, with a right password elsewhere before.
    fn lock(&self) {
        let mut elsewhere = self.desk.stranger().caller;
        let attempt = self.reserve(&elsewhere).expect("a try");
        self.settle(&mut elsewhere, attempt).expect("signs in");
        self.desk.ask(&elsewhere, &SignOutOperator {}).unwrap().unwrap();
        while self.desk.stranger().sign_in("sam", false, "000000").unwrap_err().code != P::OperatorLocked {}
    }

    fn befall(&self, fate: DeskFate, kim: &Caller) {
        match fate {
            AsBefore => {}
            Shut => self.lock(),
            ByColleague => {
                self.lock();
                self.desk.ask(kim, &UnlockOperator { operator: self.id() }).unwrap().unwrap();
            }
            MadeAnew => {
                self.lock();
                self.make(CHOSEN);
            }
            Gone => drop(self.desk.remove("sam").expect("sam works there")),
            MadeAgain => {
                self.desk.remove("sam");
                self.make(CHOSEN);
            }
            DeskBackup => {
                let (store, now) = (&self.desk.store, self.desk.house.now());
                store.transaction(&mut || desk::restored::take_up(store, now)).unwrap();
                self.desk.house.pass_seconds(CODES_OVER_SECONDS);
            }
            ClinicGone => {
                let house = self.desk.house;
                house.ask(&operator(), &CloseClinic { reason: WHY.into() }).unwrap().unwrap();
                let delete = DeleteClinic { name: "Harbour Street Clinic".into(), seq: None };
                house.ask(&operator(), &delete).unwrap().unwrap();
            }
        }
    }
}
