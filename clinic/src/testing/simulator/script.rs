//! Draws what happens from a seed: several people each follow a plan, and their steps are shuffled into one another.

use std::{collections::VecDeque, ops::Range};

use oorandom::Rand32;

use super::operation::{
    Act, COMPUTERS, Code, DOORS, Digits, Fate, LOGINS, MailAnswer, NEWCOMERS, Operation, Typed,
};

/// Steps of one life of a clinic.
pub const STEPS: usize = 500;
/// Of so many calls one is delivered twice, fails or gets no answer.
const TROUBLE_ONE_IN: u8 = 9;
/// Statements after which the storage fails, at most: as many as the longest command needs.
const STATEMENTS_MAX: u8 = 90;

/// What is drawn from a seed, the same on every machine.
struct Dice(Rand32);

impl Dice {
    fn between(&mut self, range: Range<u32>) -> u32 {
        self.0.rand_range(range)
    }

    fn u8(&mut self, below: u8) -> u8 {
        self.between(0..below.into()) as u8
    }

    fn usize(&mut self, below: usize) -> usize {
        self.between(0..below as u32) as usize
    }

    fn bool(&mut self) -> bool {
        self.u8(2) == 0
    }
}

/// The life of a clinic.
pub fn operations(seed: u64) -> Vec<Operation> {
    let mut dice = Dice(Rand32::new(seed));
    let mut plans: Vec<VecDeque<Act>> = vec![VecDeque::new(); DOORS];
    // The first two sit down first, so that there is an owner and a manager to act.
    for (door, login) in [(0, 0), (1, 2)] {
        plans[door].extend(sign_in(&mut dice, door as u8, login, Typed::Right));
    }
    let mut operations = Vec::with_capacity(STEPS);
    while operations.len() < STEPS {
        let door = dice.usize(DOORS);
        if plans[door].is_empty() {
            let plan = plan(&mut dice, door as u8);
            plans[door].extend(plan);
        }
        let Some(act) = plans[door].pop_front() else { continue };
        operations.push(Operation { act, fate: fate(&mut dice) });
    }
    operations
}

fn fate(dice: &mut Dice) -> Fate {
    if dice.u8(TROUBLE_ONE_IN) != 0 {
        return Fate::Arrives;
    }
    match dice.u8(4) {
        // Early statements are in every command, late ones in the long ones alone.
        0 | 1 => Fate::Fails { after: dice.u8(STATEMENTS_MAX) % (1 + dice.u8(STATEMENTS_MAX)) },
        2 => Fate::Twice,
        _ => Fate::Lost,
    }
}

/// Whom it may concern: mostly the same few, so that much happens to each.
fn anybody(dice: &mut Dice) -> u8 {
    match dice.u8(10) {
        0..=7 => [3, 3, 4][dice.usize(3)],
        _ => dice.u8(LOGINS.len() as u8),
    }
}

fn sign_in(dice: &mut Dice, door: u8, login: u8, typed: Typed) -> Vec<Act> {
    let mut acts = Vec::new();
    if login < 3 || dice.bool() {
        acts.push(Act::Computer { door, computer: dice.u8(COMPUTERS as u8), right: true });
        acts.push(Act::Pass { seconds: 31 });
        acts.push(Act::Profile { door, code: Code::Ahead(dice.u8(3) as i8 - 1) });
    }
    acts.push(Act::Reserve { door, login, typed });
    acts.push(Act::Settle { door, back: 0 });
    acts.push(Act::Answer { door, yes: dice.u8(8) != 0 });
    acts.push(Act::Choose { door });
    acts
}

fn plan(dice: &mut Dice, door: u8) -> Vec<Act> {
    let (login, computer) = (anybody(dice), dice.u8(COMPUTERS as u8));
    // The browsers of owners act on others; at the others people sign in, or try to.
    match (door, dice.u8(20)) {
        (0, 0..=3) => {
            let who = [0, 0, 0, 1][dice.usize(4)];
            sign_in(dice, door, who, Typed::Right)
        }
        (1, 0..=3) => {
            let who = [2, 2, 0, 5][dice.usize(4)];
            sign_in(dice, door, who, Typed::Right)
        }
        (0, 4..=11) => unlock(dice, login),
        (1, 4..=8) if dice.u8(12) == 0 => emergency(dice, door),
        (1, 4..=8) => support(dice, login),
        (0 | 1, 12..=16) => vec![Act::Use { door }, manage(dice, door, login, computer)],
        (_, 5..=9) => guesses(dice, door, login),
        (_, 10) => mistypings(dice, door, computer),
        (_, 11) => vec![
            Act::RequestReset { door, login },
            Act::Ring,
            Act::MailAnswer { pick: 0, answer: MailAnswer::Accepted },
            Act::Reset { pick: dice.u8(u8::MAX) },
        ],
        (_, 12 | 13) => vec![Act::Look { door, login }, Act::Use { door }],
        (_, 14 | 15) => mails(dice),
        (_, 16 | 17) => time(dice),
        (_, 18) => vec![Act::Echo { pick: dice.u8(u8::MAX) }, Act::SettleAgain { pick: dice.u8(u8::MAX) }],
        _ => {
            let typed = [Typed::Right, Typed::Right, Typed::Wrong, Typed::Former][dice.usize(4)];
            sign_in(dice, door, login, typed)
        }
    }
}

/// Several tries under way at once, settled in any order.
fn guesses(dice: &mut Dice, door: u8, login: u8) -> Vec<Act> {
    let count = 1 + dice.usize(8);
    let mut acts = Vec::new();
    let mut under_way = 0_u8;
    for _ in 0..count {
        let typed = if dice.u8(6) == 0 { Typed::Right } else { Typed::Wrong };
        acts.push(Act::Reserve { door, login, typed });
        under_way += 1;
        while under_way > 0 && dice.u8(3) != 0 {
            acts.push(Act::Settle { door, back: dice.u8(under_way) });
            under_way -= 1;
        }
    }
    if dice.u8(8) == 0 {
        acts.push(Act::Pass { seconds: dice.between(50..70) });
    }
    acts.extend((0..under_way).map(|_| Act::Settle { door, back: dice.u8(u8::MAX) }));
    acts
}

fn mistypings(dice: &mut Dice, door: u8, computer: u8) -> Vec<Act> {
    let mut acts = vec![Act::Computer { door, computer, right: dice.bool() }];
    acts.extend((0..=dice.usize(4)).map(|_| Act::Profile { door, code: Code::Wrong }));
    acts.push(Act::SetBack { seconds: 5 });
    acts.extend((0..2).map(|_| Act::Profile { door, code: Code::Ahead(0) }));
    acts.push(Act::Profile { door, code: Code::Ahead(dice.u8(7) as i8 - 3) });
    acts
}

fn unlock(dice: &mut Dice, login: u8) -> Vec<Act> {
    let door = 0;
    let mut acts = vec![Act::Use { door }, Act::SendPin { door, login }, Act::Ring];
    acts.extend((0..3).map(|pick| Act::MailAnswer { pick, answer: MailAnswer::Accepted }));
    // Sometimes as many as a PIN bears, and one more.
    let wrong = if dice.u8(6) == 0 { 6 } else { dice.usize(4) };
    for _ in 0..wrong {
        let digits = if dice.bool() { Digits::Wrong } else { Digits::Any(dice.u8(u8::MAX)) };
        acts.push(Act::Unlock { door, login, digits });
    }
    if dice.u8(6) == 0 {
        acts.push(Act::Pass { seconds: dice.between(500..700) });
    }
    acts.push(Act::Unlock { door, login, digits: Digits::Newest });
    acts
}

fn support(dice: &mut Dice, login: u8) -> Vec<Act> {
    let mut acts = vec![Act::Use { door: 1 }, Act::OpenCase { door: 1, login }];
    if dice.u8(5) == 0 {
        acts.push(Act::Withdraw { door: 1, login });
    }
    acts.extend((0..dice.usize(3)).map(|_| Act::LookUp { pick: dice.u8(3), operator: dice.u8(2) }));
    acts.push(Act::UnlockBySupport { pick: if dice.bool() { 0 } else { dice.u8(u8::MAX) } });
    acts
}

/// Every owner is locked, and the operator of the deployment is called; or not every one is.
fn emergency(dice: &mut Dice, door: u8) -> Vec<Act> {
    let mut acts = Vec::new();
    for login in 0..=dice.u8(4).min(1) {
        for _ in 0..10 {
            acts.push(Act::Reserve { door, login, typed: Typed::Wrong });
            acts.push(Act::Settle { door, back: 0 });
        }
    }
    acts.push(Act::UnlockInEmergency { login: 0 });
    acts
}

fn manage(dice: &mut Dice, door: u8, login: u8, computer: u8) -> Act {
    match dice.u8(16) {
        0 | 1 => Act::Restore { door, login },
        2 | 3 => Act::Remove { door, login },
        4..=6 => Act::BringBack { door, login },
        7 => Act::Add { door, login: (NEWCOMERS.start + dice.usize(NEWCOMERS.len())) as u8 },
        8 => Act::Add { door, login },
        9 => Act::ChangeRole { door, login },
        10 => Act::Revoke { door, computer },
        11 | 12 => Act::Reissue { door, computer },
        13 => {
            let minutes = if dice.bool() { 5 + dice.u8(56) } else { 0 };
            Act::Policies { door, strikes: 3 + dice.u8(8), minutes }
        }
        14 => Act::SendAgain { door, pick: dice.u8(u8::MAX) },
        _ => Act::SignOut { door },
    }
}

fn mails(dice: &mut Dice) -> Vec<Act> {
    let mut acts = vec![Act::Ring];
    for _ in 0..=dice.usize(7) {
        let answer = match dice.u8(14) {
            0..=5 => MailAnswer::Accepted,
            6 | 7 => MailAnswer::AcceptedUnheard,
            8 => MailAnswer::Conflict,
            9 => MailAnswer::Unprocessable,
            10 => MailAnswer::Busy { seconds: dice.between(0..600) as u16 },
            11 | 12 => MailAnswer::Fault,
            _ => MailAnswer::Dropped,
        };
        acts.push(Act::MailAnswer { pick: dice.u8(u8::MAX), answer });
        if dice.u8(4) == 0 {
            acts.push(Act::SendAgain { door: 0, pick: dice.u8(u8::MAX) });
        }
    }
    acts
}

fn time(dice: &mut Dice) -> Vec<Act> {
    vec![match dice.u8(16) {
        0..=9 => Act::Pass { seconds: dice.between(1..60) },
        10 => Act::Pass { seconds: dice.between(60..900) },
        11 if dice.u8(4) == 0 => Act::Pass { seconds: dice.between(900..8 * 3600) },
        12 => Act::SetBack { seconds: dice.between(1..10) as u16 },
        13 => Act::SetBack { seconds: dice.between(0..3600) as u16 },
        14 if dice.u8(6) == 0 => Act::Pass { seconds: dice.between(8 * 3600..25 * 3600) },
        _ => Act::Restart,
    }]
}
