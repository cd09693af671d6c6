//! Draws what happens from a seed: several people each follow a plan, and their steps are shuffled into one another.

use std::collections::VecDeque;

use fastrand::Rng;

use super::operation::{
    Act, COMPUTERS, Code, DOORS, Digits, Fate, LOGINS, MailAnswer, NEWCOMERS, Operation, Typed,
};

/// Steps of one life of a clinic.
pub const STEPS: usize = 500;
/// Of so many calls one is delivered twice, fails or gets no answer.
const TROUBLE_ONE_IN: u8 = 9;
/// Statements after which the storage fails, at most: as many as the longest command needs.
const STATEMENTS_MAX: u8 = 90;

/// The life of a clinic.
pub fn operations(seed: u64) -> Vec<Operation> {
    let mut rng = Rng::with_seed(seed);
    let mut plans: Vec<VecDeque<Act>> = vec![VecDeque::new(); DOORS];
    // The first two sit down first, so that there is an owner and a manager to act.
    for (door, login) in [(0, 0), (1, 2)] {
        plans[door].extend(sign_in(&mut rng, door as u8, login, Typed::Right));
    }
    let mut operations = Vec::with_capacity(STEPS);
    while operations.len() < STEPS {
        let door = rng.usize(..DOORS);
        if plans[door].is_empty() {
            let plan = plan(&mut rng, door as u8);
            plans[door].extend(plan);
        }
        let Some(act) = plans[door].pop_front() else { continue };
        operations.push(Operation { act, fate: fate(&mut rng) });
    }
    operations
}

fn fate(rng: &mut Rng) -> Fate {
    if rng.u8(..TROUBLE_ONE_IN) != 0 {
        return Fate::Arrives;
    }
    match rng.u8(..4) {
        // Early statements are in every command, late ones in the long ones alone.
        0 | 1 => Fate::Fails { after: rng.u8(..STATEMENTS_MAX) % rng.u8(1..=STATEMENTS_MAX) },
        2 => Fate::Twice,
        _ => Fate::Lost,
    }
}

/// Whom it may concern: mostly the same few, so that much happens to each.
fn anybody(rng: &mut Rng) -> u8 {
    match rng.u8(..10) {
        0..=5 => [3, 4, 1][rng.usize(..3)],
        _ => rng.u8(..LOGINS.len() as u8),
    }
}

fn sign_in(rng: &mut Rng, door: u8, login: u8, typed: Typed) -> Vec<Act> {
    let mut acts = Vec::new();
    if login < 3 || rng.bool() {
        acts.push(Act::Computer { door, computer: rng.u8(..COMPUTERS as u8), right: true });
        acts.push(Act::Pass { seconds: 31 });
        acts.push(Act::Profile { door, code: Code::Ahead(rng.i8(-1..=1)) });
    }
    acts.push(Act::Reserve { door, login, typed });
    acts.push(Act::Settle { door, back: 0 });
    acts.push(Act::Answer { door, yes: rng.u8(..8) != 0 });
    acts.push(Act::Choose { door });
    acts
}

fn plan(rng: &mut Rng, door: u8) -> Vec<Act> {
    let (login, computer) = (anybody(rng), rng.u8(..COMPUTERS as u8));
    // The browsers of owners act on others; at the others people sign in, or try to.
    match (door, rng.u8(..20)) {
        (0 | 1, 0..=4) => {
            let who = if door == 0 { [0, 1, 6][rng.usize(..3)] } else { [2, 0, 5][rng.usize(..3)] };
            sign_in(rng, door, who, Typed::Right)
        }
        (0, 5..=10) => unlock(rng, login),
        (1, 5..=8) => support(rng, login),
        (0 | 1, 11..=16) => vec![Act::Use { door }, manage(rng, door, login, computer)],
        (_, 5..=9) => guesses(rng, door, login),
        (_, 10) => mistypings(rng, door, computer),
        (_, 11) => vec![
            Act::RequestReset { door, login },
            Act::Ring,
            Act::MailAnswer { pick: 0, answer: MailAnswer::Accepted },
            Act::Reset { pick: rng.u8(..) },
        ],
        (_, 12 | 13) => vec![Act::Look { door, login }, Act::Use { door }],
        (_, 14 | 15) => mails(rng),
        (_, 16 | 17) => time(rng),
        (_, 18) => vec![Act::Echo { pick: rng.u8(..) }, Act::SettleAgain { pick: rng.u8(..) }],
        _ => {
            let typed = [Typed::Right, Typed::Right, Typed::Wrong, Typed::Former][rng.usize(..4)];
            sign_in(rng, door, login, typed)
        }
    }
}

/// Several tries under way at once, settled in any order.
fn guesses(rng: &mut Rng, door: u8, login: u8) -> Vec<Act> {
    let count = rng.usize(1..9);
    let mut acts = Vec::new();
    let mut under_way = 0_u8;
    for _ in 0..count {
        let typed = if rng.u8(..6) == 0 { Typed::Right } else { Typed::Wrong };
        acts.push(Act::Reserve { door, login, typed });
        under_way += 1;
        while under_way > 0 && rng.u8(..3) != 0 {
            acts.push(Act::Settle { door, back: rng.u8(..under_way) });
            under_way -= 1;
        }
    }
    if rng.u8(..8) == 0 {
        acts.push(Act::Pass { seconds: rng.u32(50..70) });
    }
    acts.extend((0..under_way).map(|_| Act::Settle { door, back: rng.u8(..) }));
    acts
}

fn mistypings(rng: &mut Rng, door: u8, computer: u8) -> Vec<Act> {
    let mut acts = vec![Act::Computer { door, computer, right: rng.bool() }];
    acts.extend((0..rng.usize(1..5)).map(|_| Act::Profile { door, code: Code::Wrong }));
    acts.push(Act::SetBack { seconds: 5 });
    acts.extend((0..2).map(|_| Act::Profile { door, code: Code::Ahead(0) }));
    acts.push(Act::Profile { door, code: Code::Ahead(rng.i8(-3..=3)) });
    acts
}

fn unlock(rng: &mut Rng, login: u8) -> Vec<Act> {
    let door = 0;
    let mut acts = vec![Act::Use { door }, Act::SendPin { door, login }, Act::Ring];
    acts.extend((0..3).map(|pick| Act::MailAnswer { pick, answer: MailAnswer::Accepted }));
    for _ in 0..rng.usize(..4) {
        let digits = if rng.bool() { Digits::Wrong } else { Digits::Any(rng.u8(..)) };
        acts.push(Act::Unlock { door, login, digits });
    }
    if rng.u8(..6) == 0 {
        acts.push(Act::Pass { seconds: rng.u32(500..700) });
    }
    acts.push(Act::Unlock { door, login, digits: Digits::Newest });
    acts
}

fn support(rng: &mut Rng, login: u8) -> Vec<Act> {
    let mut acts = vec![Act::Use { door: 1 }, Act::OpenCase { door: 1, login }];
    if rng.u8(..5) == 0 {
        acts.push(Act::Withdraw { door: 1, login });
    }
    acts.push(Act::UnlockBySupport { pick: if rng.bool() { 0 } else { rng.u8(..) } });
    acts
}

fn manage(rng: &mut Rng, door: u8, login: u8, computer: u8) -> Act {
    match rng.u8(..16) {
        0 | 1 => Act::Restore { door, login },
        2 | 3 => Act::Remove { door, login },
        4 | 5 | 6 => Act::BringBack { door, login },
        7 => Act::Add { door, login: rng.u8(NEWCOMERS.start as u8..NEWCOMERS.end as u8) },
        8 => Act::Add { door, login },
        9 => Act::ChangeRole { door, login },
        10 => Act::Revoke { door, computer },
        11 | 12 => Act::Reissue { door, computer },
        13 => {
            let minutes = if rng.bool() { rng.u8(5..=60) } else { 0 };
            Act::Policies { door, strikes: rng.u8(3..=10), minutes }
        }
        14 => Act::SendAgain { door, pick: rng.u8(..) },
        _ => Act::SignOut { door },
    }
}

fn mails(rng: &mut Rng) -> Vec<Act> {
    let mut acts = vec![Act::Ring];
    for _ in 0..rng.usize(1..8) {
        let answer = match rng.u8(..14) {
            0..=5 => MailAnswer::Accepted,
            6 | 7 => MailAnswer::AcceptedUnheard,
            8 => MailAnswer::Conflict,
            9 => MailAnswer::Unprocessable,
            10 => MailAnswer::Busy { seconds: rng.u16(..600) },
            11 | 12 => MailAnswer::Fault,
            _ => MailAnswer::Dropped,
        };
        acts.push(Act::MailAnswer { pick: rng.u8(..), answer });
        if rng.u8(..4) == 0 {
            acts.push(Act::SendAgain { door: 0, pick: rng.u8(..) });
        }
    }
    acts
}

fn time(rng: &mut Rng) -> Vec<Act> {
    vec![match rng.u8(..16) {
        0..=8 => Act::Pass { seconds: rng.u32(1..60) },
        9 | 10 => Act::Pass { seconds: rng.u32(60..900) },
        11 => Act::Pass { seconds: rng.u32(900..8 * 3600) },
        12 => Act::SetBack { seconds: rng.u16(1..10) },
        13 => Act::SetBack { seconds: rng.u16(..3600) },
        14 if rng.u8(..6) == 0 => Act::Pass { seconds: rng.u32(8 * 3600..25 * 3600) },
        _ => Act::Restart,
    }]
}
