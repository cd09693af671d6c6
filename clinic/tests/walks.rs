//! Walks through the commands of clinic and desk in no order, each by somebody who lacks a step and has,
//! knows or has found all the rest: none comes to a session, or to anything that belongs behind what is
//! lacking.
//!
//! Ten thousand of them in every run of the tests; a hundred thousand take minutes:
//! `WARDKEY_WALKS=100000 cargo test -p wardkey-clinic --test walks`. They are the same in every run, and one
//! that got too far is told command by command.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fmt, thread,
};

use clinic::{
    Caller, Random,
    clinic::COMMANDS,
    commands::{
        computers::{AddComputer, ListComputers, RevokeComputer},
        people::{FirstPassword, RemoveUser, RestoreAccess},
        question::AnswerQuestion,
        recovery::RequestReset,
        session::SignOut,
    },
    desk,
    records::sql::{Sql, SqlError},
    rules::{roles::Need, totp::STEP_SECONDS},
    testing::{DeskHouse, House, Seeded, body},
};
use serde_json::{Value, json};
use wire::{Problem, computers::AccessForm, fields::ComputerUsername, recovery::ResetToken};

/// Walks of a run within the tests.
const WALKS: u64 = 10_000;
/// Says another number of walks.
const WALKS_VARIABLE: &str = "WARDKEY_WALKS";
/// Walks of those who lack nothing: so many and no fewer of them come to a session, or the walks lead nowhere
/// by themselves.
const FREE_WALKS: u64 = 1_000;
const FREE_SESSIONS_MIN: u64 = 100;
/// Walks are walked side by side.
const SIDE_BY_SIDE: u64 = 2;
/// Commands of a walk.
const COMMANDS_MIN: usize = 10;
const COMMANDS_MAX: usize = 14;
/// The longest pause between two of them.
const PAUSE_MILLIS_MAX: usize = 2_000;
/// The thumbprint of another browser's key.
const OTHER_KEY: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

/// What somebody lacks. A browser that has step 1 or 2 has it at one computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lacks {
    /// A computer: its form, and its cookie.
    Computer,
    /// A computer that is good still: the one whose form and cookies they have was revoked.
    GoodComputer,
    /// A code, and the profile's cookie of their computer; they have those of another one.
    Code,
    /// A password.
    Password,
    /// An account that is not locked.
    OpenAccount,
    /// An account of somebody who works there still.
    Account,
    /// The key of the browser whose cookies they have all of.
    Key,
    /// Any key at all, likewise.
    AnyKey,
    /// All steps; but they hold the key of the deployment.
    ButOperator,
    /// Nothing: to see that walks get somewhere.
    Nothing,
}

const KINDS: [Lacks; 9] = [
    Lacks::Computer,
    Lacks::GoodComputer,
    Lacks::Code,
    Lacks::Password,
    Lacks::OpenAccount,
    Lacks::Account,
    Lacks::Key,
    Lacks::AnyKey,
    Lacks::ButOperator,
];

/// What the Worker asks for whoever holds the key of the deployment, and for nobody else.
const OPERATORS: [&str; 14] = [
    "open_clinic",
    "set_up_clinic",
    "unlock_owner",
    "reopen_profile",
    "close_clinic",
    "reopen_clinic",
    "write_archive_page",
    "sign_archive",
    "take_archive_page",
    "take_in_clinic",
    "delete_clinic",
    "make_operator",
    "remove_operator",
    "unlock_by_support",
];

/// The steps, in their order.
const STEPS: [&str; 6] = [
    "authorize_computer",
    "authorize_profile",
    "reserve_attempt",
    "settle_attempt",
    "answer_question",
    "choose_own_password",
];
const DESK_STEPS: [&str; 2] = ["reserve_operator_attempt", "settle_operator_attempt"];

/// What stands in the records of whoever has come so far, from the first step on.
const TOKENS: [&str; 4] = ["computer_tokens", "profile_tokens", "questions", "sessions"];

impl Lacks {
    /// What none of their walks may leave in the records.
    fn out_of_reach(self) -> &'static [&'static str] {
        match self {
            Lacks::Code => &TOKENS[1..],
            Lacks::Password | Lacks::OpenAccount | Lacks::Account => &TOKENS[2..],
            Lacks::Nothing => &[],
            _ => &TOKENS,
        }
    }
}

/// Numbers from a seed.
struct Chance(Seeded);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_be_bytes(bytes) as usize % end
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Where the walks begin, each of them anew: a clinic at work, and its desk.
struct Ground<'a> {
    house: &'a House,
    desk: DeskHouse<'a>,
    kit: BTreeMap<Lacks, Kit>,
    /// The ids of an account, a computer and a profile.
    ids: [String; 3],
    /// The codes of the authenticator from now on, step by step.
    codes: Vec<String>,
    /// Those of the operator's.
    desk_codes: Vec<String>,
    /// What opens a door in the clinic and at the desk before any walk.
    tokens: BTreeSet<(usize, Vec<u8>)>,
    desk_sessions: u32,
}

/// What somebody has, knows or has found.
#[derive(Clone, Default)]
struct Kit {
    /// The key of their browser.
    key: Option<String>,
    /// Numbers and passwords of computers.
    forms: Vec<(u32, String)>,
    /// Whether they have the authenticator.
    has_codes: bool,
    /// Logins whose password they know.
    logins: Vec<&'static str>,
    /// Cookies that lie about.
    found: Vec<Caller>,
    /// A mailed link.
    link: Option<ResetToken>,
    /// Whether they know an operator's password, and whether they have that operator's authenticator.
    desk: (bool, bool),
}

/// The number and the password on a form.
fn pair_on(form: &AccessForm) -> (u32, String) {
    let pair = form.computer.as_ref().expect("a pair");
    let username: ComputerUsername = pair.username.parse().expect("a username");
    (username.number(), pair.password.clone())
}

impl<'a> Ground<'a> {
    fn of(house: &'a House) -> Self {
        let desk = DeskHouse::open(house);
        let owner = house.signed_in("owner");
        let (locked, removed, newcomer) =
            (house.account("nurse"), house.account("manager"), house.account("nurse2"));
        let first = FirstPassword { password: "abcd2345".into(), hash: "hash of nurse2".into() };
        owner.ask(&RestoreAccess { id: newcomer.clone(), first }).expect("an owner may");
        let list = owner.ask(&ListComputers {}).expect("an owner may");
        let (reception, main) = (list.computers[1].id.clone(), list.profiles[0].id.clone());
        assert_eq!(list.computers[1].label, "Reception 1");

        // Doors first: each waits for a code of its own, and questions do not stay open for long.
        let form = owner.ask(&AddComputer { label: "Ward 1".into(), profile: main.clone() });
        let ward = pair_on(&form.expect("an owner may"));
        house.pass_seconds(STEP_SECONDS as i64);
        let mut revoked = house.stranger();
        revoked.authorize(ward.0, &ward.1).expect("step 1");
        revoked.authorize_profile(&house.code(0)).expect("step 2");
        let mut places: Vec<_> = [0, 0, 0, 1, 1, 1].map(|computer| house.door(computer)).into();
        let (mut locks, mut leaves) = (house.door(0), house.door(1));
        let sam = desk.signed_in("sam").caller;
        house.deliver();

        leaves.ask(&RequestReset { login: "nurse".parse().expect("a login") }).expect("an answer");
        let mails = house.deliver();
        let mut lines = mails.iter().flat_map(|mail| mail.text.lines());
        let link: ResetToken =
            lines.find_map(|line| line.split_once("/reset#")?.1.parse().ok()).expect("a link");
        // At each place a question, a choice and a session.
        let mut found: [Vec<Caller>; 2] = Default::default();
        for (number, door) in places.iter_mut().enumerate() {
            match number % 3 {
                0 => drop(door.password("partner", true).expect("right")),
                1 => {
                    door.password("nurse2", true).expect("right");
                    let answered = door.ask(&AnswerQuestion { yes: true }).expect("right");
                    door.caller.question = Some(answered.choice.expect("a choice"));
                }
                _ => drop(door.sign_in("sys_house").expect("right")),
            }
            found[number / 3].push(door.caller.clone());
        }
        revoked.sign_in("partner").expect("right");
        let revoked = revoked.caller;
        locks.password("nurse", true).expect("right");
        let before_the_lock = locks.caller.clone();
        leaves.password("manager", true).expect("right");
        let before_the_leave = leaves.caller.clone();
        // Both are spent: one was answered, the other was signed out.
        let mut spent = house.door(1);
        spent.sign_in("partner").expect("right");
        let of_nobody = spent.caller.clone();
        spent.ask(&SignOut {}).expect("nothing is refused");

        house.door(0).lock("nurse");
        owner.ask(&RemoveUser { id: removed }).expect("an owner may");
        let list = owner.ask(&ListComputers {}).expect("an owner may").computers;
        let id = list.into_iter().find(|computer| computer.label == "Ward 1").expect("the ward").id;
        owner.ask(&RevokeComputer { id }).expect("an owner may");
        house.pass_seconds(STEP_SECONDS as i64);
        let key = house.stranger().caller.key;
        let forms: Vec<_> = [0, 1].map(|computer| house.computer(computer)).into();
        let logins = vec!["owner", "partner", "sys_house", "nurse2"];
        let [here, there] = found;
        let without_computer = |caller: &Caller| Caller { computer: None, ..caller.clone() };
        let everywhere: Vec<_> = here.iter().chain(&there).cloned().collect();
        let all = Kit {
            key: key.clone(),
            forms: forms.clone(),
            has_codes: true,
            logins,
            found: Vec::new(),
            link: None,
            desk: (true, false),
        };
        let none = || Kit { forms: Vec::new(), ..all.clone() };
        let copied = Kit { found: everywhere.clone(), ..none() };
        let kits = [
            (Lacks::Computer, Kit { found: everywhere.iter().map(without_computer).collect(), ..none() }),
            (Lacks::GoodComputer, Kit { forms: vec![ward], found: vec![revoked], ..none() }),
            (
                Lacks::Code,
                Kit {
                    forms: forms[..1].to_vec(),
                    has_codes: false,
                    found: there.iter().map(without_computer).collect(),
                    desk: (false, true),
                    ..none()
                },
            ),
            (
                Lacks::Password,
                Kit { logins: Vec::new(), found: vec![of_nobody], desk: (false, true), ..all.clone() },
            ),
            (
                Lacks::OpenAccount,
                Kit { logins: vec!["nurse"], found: vec![before_the_lock], link: Some(link), ..all.clone() },
            ),
            (Lacks::Account, Kit { logins: vec!["manager"], found: vec![before_the_leave], ..all.clone() }),
            (Lacks::Key, Kit { key: Some(OTHER_KEY.into()), ..copied.clone() }),
            (Lacks::AnyKey, Kit { key: None, ..copied }),
            (
                Lacks::ButOperator,
                Kit { has_codes: false, logins: Vec::new(), desk: (false, false), ..none() },
            ),
            (Lacks::Nothing, Kit { desk: (true, true), ..all.clone() }),
        ];
        let mut kit = BTreeMap::from(kits);
        // A copy of the operator's cookie.
        for lacks in [Lacks::Key, Lacks::AnyKey] {
            kit.entry(lacks)
                .or_default()
                .found
                .push(Caller { session: sam.session.clone(), ..Caller::default() });
        }
        let codes = |code: &dyn Fn(i64) -> String| (0..8).map(code).collect();
        let ids = [locked.to_string(), reception.to_string(), main.to_string()];
        let (codes, desk_codes) = (codes(&|step| house.code(step)), codes(&|step| desk.code("sam", step)));
        let tokens = tokens(&house.store, &TOKENS);
        let desk_sessions = desk_sessions(&desk);
        Ground { house, desk, kit, ids, codes, desk_codes, tokens, desk_sessions }
    }
}

/// The digests of what opens a door, with the place of their table among the steps.
fn tokens(sql: &dyn Sql, tables: &[&str]) -> BTreeSet<(usize, Vec<u8>)> {
    let mut tokens = BTreeSet::new();
    for table in tables {
        let step = TOKENS.iter().position(|other| other == table).expect("a table");
        let rows = sql.query(&format!("SELECT digest FROM {table}"), &[]).expect("the storage works");
        tokens.extend(rows.into_iter().map(|mut row| (step, row.take().expect("a digest"))));
    }
    tokens
}

fn desk_sessions(desk: &DeskHouse<'_>) -> u32 {
    let rows = desk.store.query("SELECT COUNT(*) FROM operator_sessions", &[]);
    rows.expect("the storage works")[0].take().expect("a number")
}

/// Somebody on a walk.
struct Walker<'a> {
    ground: &'a Ground<'a>,
    lacks: Lacks,
    kit: &'a Kit,
    chance: Chance,
    caller: Caller,
    desk_caller: Caller,
    /// The try that is under way, and at which login.
    attempt: Option<(Value, String)>,
    desk_attempt: Option<Value>,
    /// The turn that was given.
    turn: Value,
    login: String,
    /// How long they have walked.
    millis: i64,
}

/// What came of walks.
#[derive(Default)]
struct Found {
    walks: u64,
    done: u64,
    refused: u64,
    /// Walks behind which something stands that was not there before, from the first step to the session.
    reached: [u64; TOKENS.len()],
    /// How often each command was asked.
    asked: BTreeMap<&'static str, u64>,
    /// The first walk that got too far.
    too_far: Option<String>,
}

impl Found {
    fn add(&mut self, other: Found) {
        self.walks += other.walks;
        self.done += other.done;
        self.refused += other.refused;
        self.reached.iter_mut().zip(other.reached).for_each(|(all, more)| *all += more);
        for (name, times) in other.asked {
            *self.asked.entry(name).or_default() += times;
        }
        self.too_far = self.too_far.take().or(other.too_far);
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [computers, profiles, questions, sessions] = self.reached;
        let Found { walks, done, refused, .. } = self;
        let all = done + refused;
        write!(
            f,
            "{walks:>7} walks, {all:>8} commands, {done:>7} of them done; step 1 {computers}, \
             step 2 {profiles}, question {questions}, session {sessions}"
        )
    }
}

impl<'a> Walker<'a> {
    fn new(ground: &'a Ground<'a>, lacks: Lacks, seed: u64) -> Self {
        let kit = &ground.kit[&lacks];
        let caller = Caller { address: "127.0.0.1".into(), key: kit.key.clone(), ..Caller::default() };
        let desk_caller = Caller { address: "198.51.100.7".into(), ..caller.clone() };
        Walker {
            ground,
            lacks,
            kit,
            chance: Chance(Seeded::from(seed << 16)),
            caller,
            desk_caller,
            attempt: None,
            desk_attempt: None,
            turn: Value::Null,
            login: String::new(),
            millis: 0,
        }
    }

    /// Walks, telling where if that is asked for, and says whether it went too far.
    fn walk(&mut self, found: &mut Found, mut way: Option<&mut Vec<String>>) -> bool {
        let commands = COMMANDS_MIN + self.chance.below(COMMANDS_MAX - COMMANDS_MIN + 1);
        let mut too_far = false;
        for _ in 0..commands {
            if self.chance.once_in(4) {
                self.find_cookie();
            }
            let at_desk = self.chance.once_in(5);
            let (name, need) = self.next(at_desk);
            let body = self.body(name);
            let answer = self.ask(at_desk, name, &body);
            *found.asked.entry(name).or_default() += 1;
            match &answer {
                Ok(reply) => {
                    found.done += 1;
                    // Nobody who lacks a step has a session with which this could be done.
                    too_far |= need != Need::Nothing && self.lacks != Lacks::Nothing;
                    self.keep(name, reply);
                }
                Err(_) => found.refused += 1,
            }
            if let Some(way) = &mut way {
                let outcome = answer.as_ref().map_or_else(|problem| problem.code.as_str(), |_| "done");
                way.push(format!("{name} {body}: {outcome}"));
            }
            let pause = self.chance.below(PAUSE_MILLIS_MAX) as i64;
            self.millis += pause;
            self.ground.house.pass_millis(pause);
        }
        let now = tokens(&self.ground.house.store, &TOKENS);
        let mut new = [false; TOKENS.len()];
        now.difference(&self.ground.tokens).for_each(|(step, _)| new[*step] = true);
        found.reached.iter_mut().zip(new).for_each(|(all, new)| *all += u64::from(new));
        let reach = TOKENS.iter().zip(new).filter(|(_, new)| *new);
        too_far |= reach.into_iter().any(|(table, _)| self.lacks.out_of_reach().contains(table));
        too_far |=
            self.lacks != Lacks::Nothing && desk_sessions(&self.ground.desk) > self.ground.desk_sessions;
        found.walks += 1;
        too_far
    }

    /// Takes a cookie that lies about, one that is made up, or drops one.
    fn find_cookie(&mut self) {
        let kind = self.chance.below(TOKENS.len());
        let of = |caller: &Caller| match kind {
            0 => caller.computer.clone(),
            1 => caller.profile.clone(),
            2 => caller.question.clone(),
            _ => caller.session.clone(),
        };
        let cookie = match self.chance.below(8) {
            0 => None,
            1 => Some("a".repeat(43)),
            _ if self.kit.found.is_empty() => return,
            _ => of(self.chance.pick(&self.kit.found)),
        };
        match kind {
            0 => self.caller.computer = cookie,
            1 => self.caller.profile = cookie,
            2 => self.caller.question = cookie,
            _ => {
                self.desk_caller.session.clone_from(&cookie);
                self.caller.session = cookie;
            }
        }
    }

    /// What is asked next: the step that would come next, any of them, or anything at all.
    fn next(&mut self, at_desk: bool) -> (&'static str, Need) {
        let (steps, commands): (&[&str], _) =
            if at_desk { (&DESK_STEPS, desk::COMMANDS) } else { (&STEPS, COMMANDS) };
        let name = match self.chance.below(4) {
            0 | 1 if at_desk => steps[usize::from(self.desk_attempt.is_some())],
            0 | 1 => self.next_step(),
            2 => *self.chance.pick(steps),
            _ => {
                let (name, need) = *self.chance.pick(commands);
                if self.lacks == Lacks::ButOperator || !OPERATORS.contains(&name) {
                    return (name, need);
                }
                *self.chance.pick(steps)
            }
        };
        *commands.iter().find(|(other, _)| *other == name).expect("a command")
    }

    fn next_step(&self) -> &'static str {
        let Caller { computer, profile, question, .. } = &self.caller;
        STEPS[match (computer, profile, question) {
            (None, ..) => 0,
            (_, None, _) => 1,
            (.., None) => 2 + usize::from(self.attempt.is_some()),
            _ => 4,
        }]
    }

    /// The body of a command, with all that is known put in its place.
    fn body(&mut self, name: &str) -> Value {
        let ids = [0, 1, 2].map(|place: usize| self.ground.ids[place].as_str());
        let step = (self.ground.house.now().seconds() / STEP_SECONDS as i64
            - (self.ground.house.now().plus_millis(-self.millis).seconds() / STEP_SECONDS as i64))
            as usize;
        let made_up =
            json!({ "subject": { "Account": ids[0] }, "number": self.chance.below(9), "hash_digest": [1] });
        match name {
            "authorize_computer" if !self.kit.forms.is_empty() && !self.chance.once_in(8) => {
                let (number, password) = self.chance.pick(&self.kit.forms);
                json!({ "number": number, "password": password })
            }
            "authorize_computer" => {
                json!({ "number": self.chance.below(4), "password": "abcd2345efgh6789jkmnpqrs" })
            }
            "authorize_profile" if self.kit.has_codes => json!({ "code": self.ground.codes[step] }),
            "authorize_profile" => json!({ "code": "000000" }),
            "reserve_attempt" | "read_lock" | "request_reset" => {
                let any = ["owner", "partner", "manager", "nurse", "nurse2", "sys_house", "nobody"];
                let known = &self.kit.logins;
                let login = match self.chance.once_in(6) || known.is_empty() {
                    true => *self.chance.pick(&any),
                    false => *self.chance.pick(known),
                };
                if name != "reserve_attempt" {
                    return json!({ "login": login });
                }
                if self.turn.is_null() {
                    self.login = login.to_owned();
                }
                json!({ "login": self.login, "turn": self.turn })
            }
            "settle_attempt" | "settle_own_attempt" | "confirm_own_password" => {
                // Only a password that the Worker has looked at can be right. What is made up says what it
                // likes, and so does a try whose password was looked at with another hash.
                let (attempt, right) = match self.attempt.take() {
                    Some((mut attempt, _)) if self.chance.once_in(8) => {
                        attempt["hash_digest"] = json!([1]);
                        (attempt, true)
                    }
                    Some((attempt, login)) => (attempt, self.kit.logins.contains(&login.as_str())),
                    None => (made_up, true),
                };
                match name {
                    "settle_own_attempt" => {
                        json!({ "attempt": attempt, "right": right, "password_hash": "a hash" })
                    }
                    _ => json!({ "attempt": attempt, "right": right }),
                }
            }
            "answer_question" => json!({ "yes": !self.chance.once_in(8) }),
            "check_reset" | "reset_password" => match &self.kit.link {
                Some(ResetToken { account, secret, .. }) if name == "reset_password" => {
                    json!({ "account": account, "secret": secret, "password_hash": "a hash" })
                }
                Some(ResetToken { account, secret, .. }) => json!({ "account": account, "secret": secret }),
                None => body(name, ids),
            },
            "reserve_operator_attempt" => json!({ "login": "sam" }),
            "settle_operator_attempt" => {
                let (knows, has_codes) = self.kit.desk;
                let (attempt, right) = match self.desk_attempt.take() {
                    Some(attempt) => (attempt, knows),
                    None => (made_up, true),
                };
                let code = if has_codes { &self.ground.desk_codes[step] } else { "000000" };
                json!({ "attempt": attempt, "right": right, "code": code })
            }
            _ => body(name, ids),
        }
    }

    fn ask(&self, at_desk: bool, name: &str, body: &Value) -> Result<Value, Problem> {
        let answer = match at_desk {
            true => self.ground.desk.try_by_name(&self.desk_caller, name, body),
            false => self.ground.house.try_by_name(&self.caller, name, body),
        };
        answer.unwrap_or_else(|SqlError(fault)| panic!("{name} {body}: {fault}"))
    }

    /// Keeps what a reply gives, as a browser and the Worker do.
    fn keep(&mut self, name: &str, reply: &Value) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match name {
            "authorize_computer" => self.caller.computer = text(&reply["token"]),
            "authorize_profile" => self.caller.profile = text(&reply["token"]),
            "settle_attempt" => self.caller.question = text(&reply["token"]),
            "answer_question" | "choose_own_password" => {
                self.caller.session = text(&reply["token"]);
                self.caller.question = text(&reply["choice"]);
            }
            "settle_operator_attempt" => self.desk_caller.session = text(reply),
            "reserve_attempt" | "reserve_own_attempt" => {
                self.turn = reply["Turn"]["at"].clone();
                if let Some(attempt) = reply["Check"].get("attempt") {
                    self.attempt = Some((attempt.clone(), self.login.clone()));
                }
            }
            "reserve_operator_attempt" => self.desk_attempt = reply["Check"].get("attempt").cloned(),
            _ => {}
        }
    }
}

/// Walks one walk from where all begin, and leaves nothing of it.
fn walk(ground: &Ground<'_>, lacks: Lacks, seed: u64, found: &mut Found) {
    let walk = |found: &mut Found, way: Option<&mut Vec<String>>| {
        ground.house.store.undone(|| {
            ground.desk.store.undone(|| {
                let mut walker = Walker::new(ground, lacks, seed);
                let too_far = walker.walk(found, way);
                ground.house.pass_millis(-walker.millis);
                too_far
            })
        })
    };
    if walk(found, None) && found.too_far.is_none() {
        let mut way = Vec::new();
        let again = walk(&mut Found::default(), Some(&mut way));
        assert!(again, "{lacks:?}, walk {seed}: it is not the same again");
        found.too_far = Some(format!("{lacks:?}, walk {seed}:\n{}", way.join("\n")));
    }
}

#[test]
fn no_walk_without_a_step_comes_to_a_session() {
    let walks = env::var(WALKS_VARIABLE).map_or(WALKS, |walks| walks.parse().expect("a number of walks"));
    let walk_some = |part: u64| {
        let house = House::open();
        let ground = Ground::of(&house);
        let mut found: BTreeMap<Lacks, Found> = BTreeMap::new();
        for seed in (0..walks).filter(|seed| seed % SIDE_BY_SIDE == part) {
            let lacks = KINDS[(seed / SIDE_BY_SIDE % KINDS.len() as u64) as usize];
            walk(&ground, lacks, seed, found.entry(lacks).or_default());
        }
        found
    };
    let mut found: BTreeMap<Lacks, Found> = BTreeMap::new();
    thread::scope(|scope| {
        let walking: Vec<_> = (0..SIDE_BY_SIDE).map(|part| scope.spawn(move || walk_some(part))).collect();
        for walked in walking {
            for (lacks, more) in walked.join().expect("a walk ends") {
                found.entry(lacks).or_default().add(more);
            }
        }
    });
    for (lacks, found) in &found {
        println!("{:<13} {found}", format!("{lacks:?}:"));
    }
    let too_far: Vec<_> = found.values().filter_map(|found| found.too_far.as_deref()).collect();
    assert!(too_far.is_empty(), "got too far:\n{}", too_far.join("\n\n"));
    let mut all = Found::default();
    found.into_values().for_each(|found| all.add(found));
    println!("{all}");
    assert_eq!((all.walks, all.reached[3]), (walks, 0));
    for (name, _) in COMMANDS.iter().chain(desk::COMMANDS) {
        assert!(all.asked.contains_key(name), "{name} was never asked");
    }
}

#[test]
fn walks_that_lack_nothing_come_to_sessions() {
    let house = House::open();
    let ground = Ground::of(&house);
    let mut found = Found::default();
    for seed in 0..FREE_WALKS {
        walk(&ground, Lacks::Nothing, seed, &mut found);
    }
    println!("{found}");
    assert!(found.reached[3] >= FREE_SESSIONS_MIN, "{found}");
}
