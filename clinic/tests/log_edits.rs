//! A thousand edits of an exported log, of every kind, drawn by chance: each is found, and in the first line that is another than it
//! was. Where somebody made lines fit with hashes of their own, that is the first one that they could not make fit.

use std::{collections::BTreeMap, ops::Range};

use clinic::{
    call::Random,
    commands::settings::{ChangePolicies, ReadSettings},
    keys::Keys,
    testing::{House, Seeded, exported},
};
use wire::{
    activities::{Action, ActivityLine, Subject},
    checkpoint::Gone,
    log_end::{End, LogEnd},
    log_file::{BEGINNING, BadLine, Fault, FileVerifier, LineHash, Verdict, hash, write_line},
    settings::{Policies, PoliciesChange},
    signed::Statement,
};

const EDITS: usize = 1_000;
const SEED: u64 = 30;
/// Weeks that the clinic lives through before its log is exported.
const WEEKS: u32 = 28;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Draws one of the numbers.
fn one_of(random: &mut Seeded, numbers: Range<usize>) -> usize {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    numbers.start + (u64::from_be_bytes(bytes) % numbers.len() as u64) as usize
}

fn any_hash(random: &mut Seeded) -> LineHash {
    let mut hash = BEGINNING;
    random.fill(&mut hash);
    hash
}

/// Half a year of a clinic: wrong passwords, locks, people who sign in, policies that change.
fn house() -> House {
    let house = House::open();
    for week in 0..WEEKS {
        house.pass_seconds(7 * DAY_SECONDS);
        house.door(0).password("nobody", false).unwrap_err();
        house.door(0).password("nurse", false).unwrap_err();
        house.signed_in(["manager", "nurse2", "sys_house"][week as usize % 3]);
        let owner = house.signed_in("owner");
        let settings = owner.ask(&ReadSettings {}).unwrap();
        let policies = Policies { log_years: 2 + week % 20, ..settings.policies };
        owner
            .ask(&ChangePolicies { change: PoliciesChange { version: settings.version, policies } })
            .unwrap();
    }
    house.door(0).lock("nurse");
    house
}

fn strangers() -> Keys {
    Keys::derive(&[9; 32])
}

/// An exported file, and all that somebody can know who has it.
struct File {
    text: String,
    /// With their ends; the last one is the end of the file.
    lines: Vec<String>,
    log: Vec<ActivityLine>,
    /// What each line of the log stands on, and the last hash.
    hashes: Vec<LineHash>,
    end: LogEnd,
}

impl File {
    fn of(text: String) -> Self {
        let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        let (mut log, mut hashes) = (Vec::new(), vec![BEGINNING]);
        for line in &lines[..lines.len() - 1] {
            let json = line.split_once("\"line\":").unwrap().1.strip_suffix("}\n").unwrap();
            hashes.push(hash(hashes.last().unwrap(), json.as_bytes()));
            log.push(serde_json::from_str(json).unwrap());
        }
        let Verdict::Proven(end) = judged(text.as_bytes(), text.len(), true) else { unreachable!("{text}") };
        let file = Self { text, lines, log, hashes, end };
        assert_eq!(file.anew(0, &file.log).concat() + file.lines.last().unwrap(), file.text);
        file
    }

    /// How many lines stand before the end.
    fn len(&self) -> usize {
        self.log.len()
    }

    /// The lines of the log, from this one on with hashes made anew.
    fn anew(&self, from: usize, log: &[ActivityLine]) -> Vec<String> {
        let mut lines = self.lines[..from].to_vec();
        let mut before = self.hashes[from];
        for line in &log[from..] {
            let json = serde_json::to_string(line).unwrap();
            let hash = hash(&before, json.as_bytes());
            lines.push(write_line(&before, &hash, &json));
            before = hash;
        }
        lines
    }

    /// What the end of such lines would say.
    fn end_of(&self, lines: &[String]) -> End {
        let hash = match lines.last() {
            Some(line) => {
                let digits = line.split_once("\"hash\":\"").unwrap().1;
                std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
            }
            None => BEGINNING,
        };
        let count = lines.len() as u64;
        End { lines: count, seq: count, hash, ..self.end.statement.clone() }
    }

    /// A line of somebody's own for this place.
    fn made_up(&self, at: usize) -> String {
        let line = ActivityLine {
            seq: at as i64 + 1,
            action: Action::LoginSucceeded,
            computer: "Nowhere".into(),
            ..self.log[at.min(self.len() - 1)].clone()
        };
        serde_json::to_string(&line).unwrap()
    }
}

/// What is found without the key, where that is something else than with it.
enum Keyless {
    TheSame,
    /// It fits together, and names a stranger's key.
    Strangers,
    Bad(usize, Fault),
}

/// An edited file, and what must be found: in which line, counted from 1, and what is wrong there.
struct Edit {
    file: Vec<u8>,
    number: usize,
    faults: Vec<Fault>,
    /// Whether lines before that one were made to fit.
    made_to_fit: bool,
    keyless: Keyless,
}

fn edit(file: impl Into<Vec<u8>>, number: usize, fault: Fault) -> Edit {
    let (file, faults) = (file.into(), vec![fault]);
    Edit { file, number, faults, made_to_fit: false, keyless: Keyless::TheSame }
}

/// The lines of the file in another order: more often, or not at all.
fn arranged(file: &File, order: &[usize]) -> Edit {
    let at = order.iter().enumerate().position(|(at, line)| at != *line).unwrap_or(order.len());
    let to_come = at as u64 + 1;
    let fault = match order.get(at) {
        None => Fault::CutOff,
        Some(_) if at > file.len() => Fault::Behind,
        Some(line) if *line == file.len() => Fault::WrongEnd,
        Some(line) if *line > at => Fault::Missing(to_come),
        Some(_) => Fault::OutOfOrder(to_come),
    };
    edit(order.iter().map(|line| file.lines[*line].as_str()).collect::<String>(), at + 1, fault)
}

fn signed_by_strangers<S: Statement>(statement: S) -> String {
    strangers().sign(statement).unwrap().write()
}

/// Two different numbers.
fn two_of(random: &mut Seeded, count: usize) -> (usize, usize) {
    let first = one_of(random, 0..count);
    (first, (first + one_of(random, 1..count)) % count)
}

/// Another field of the line than its number.
fn change(line: &mut ActivityLine, random: &mut Seeded) {
    match one_of(random, 0..5) {
        0 => line.at.0 -= 1 + one_of(random, 0..100_000) as i64,
        1 => line.computer.push('1'),
        2 => line.address = "198.51.100.7".into(),
        3 => line.by = if line.by == Subject::Operator { Subject::Nobody } else { Subject::Operator },
        _ if line.action == Action::LoginFailed => line.action = Action::LoginSucceeded,
        _ => line.action = Action::LoginFailed,
    }
}

/// A kind of edit: its name, and one of it.
type Kind = (&'static str, fn(&File, &mut Seeded) -> Edit);

const KINDS: [Kind; 18] = [
    ("a byte changed", |file, random| {
        let at = one_of(random, 0..file.text.len());
        let mut bytes = file.text.clone().into_bytes();
        let number = bytes[..at].split(|byte| *byte == b'\n').count();
        bytes[at] ^= one_of(random, 1..256) as u8;
        let seq = number as u64;
        let faults = vec![Fault::Changed, Fault::Unreadable, Fault::Missing(seq), Fault::OutOfOrder(seq)];
        Edit { faults, ..edit(bytes, number, Fault::Changed) }
    }),
    ("a line removed", |file, random| {
        let mut order: Vec<usize> = (0..=file.len()).collect();
        order.remove(one_of(random, 0..file.len()));
        arranged(file, &order)
    }),
    ("two lines swapped", |file, random| {
        let mut order: Vec<usize> = (0..=file.len()).collect();
        let (one, other) = two_of(random, order.len());
        order.swap(one, other);
        arranged(file, &order)
    }),
    ("a line moved", |file, random| {
        let mut order: Vec<usize> = (0..=file.len()).collect();
        let (from, to) = two_of(random, order.len());
        let line = order.remove(from);
        order.insert(to, line);
        arranged(file, &order)
    }),
    ("a line doubled", |file, random| {
        let mut order: Vec<usize> = (0..=file.len()).collect();
        order.insert(one_of(random, 0..file.len() + 2), one_of(random, 0..file.len() + 1));
        arranged(file, &order)
    }),
    ("a line put in, its hash made up", |file, random| {
        let at = one_of(random, 0..file.len() + 2);
        let before = file.hashes.get(at).unwrap_or(&BEGINNING);
        let mut lines = file.lines.clone();
        lines.insert(at, write_line(before, &any_hash(random), &file.made_up(at)));
        edit(lines.concat(), at + 1, if at > file.len() { Fault::Behind } else { Fault::Changed })
    }),
    ("a line put in, with what it stands on made up", |file, random| {
        let (at, before) = (one_of(random, 0..file.len() + 1), any_hash(random));
        let json = file.made_up(at);
        let mut lines = file.lines.clone();
        lines.insert(at, write_line(&before, &hash(&before, json.as_bytes()), &json));
        edit(lines.concat(), at + 1, Fault::Changed)
    }),
    ("a line put in that fits the one before", |file, random| {
        let at = one_of(random, 0..file.len() + 1);
        let (before, json) = (&file.hashes[at], file.made_up(at));
        let mut lines = file.lines.clone();
        lines.insert(at, write_line(before, &hash(before, json.as_bytes()), &json));
        let next = at + 2;
        let fault = if at == file.len() { Fault::WrongEnd } else { Fault::OutOfOrder(next as u64) };
        Edit { made_to_fit: true, ..edit(lines.concat(), next, fault) }
    }),
    ("the tail cut off", |file, random| {
        let order: Vec<usize> = (0..one_of(random, 0..file.len() + 1)).collect();
        arranged(file, &order)
    }),
    ("the tail cut off within a line", |file, random| {
        let line = one_of(random, 0..file.len() + 1);
        let kept = one_of(random, 1..file.lines[line].len() - 1);
        let whole = file.lines[..line].concat();
        let begun = &file.text.as_bytes()[..whole.len() + kept];
        edit(begun, line + 1, Fault::Unreadable)
    }),
    ("the tail cut off, before the end that was there", |file, random| {
        let mut order: Vec<usize> = (0..one_of(random, 0..file.len())).collect();
        order.push(file.len());
        arranged(file, &order)
    }),
    ("the tail cut off, with a stranger's end", |file, random| {
        let lines = &file.lines[..one_of(random, 1..file.len())];
        let text = lines.concat() + &signed_by_strangers(file.end_of(lines));
        Edit { keyless: Keyless::Strangers, ..edit(text, lines.len() + 1, Fault::Foreign) }
    }),
    ("the tail cut off, with an end in our name", |file, random| {
        let lines = &file.lines[..one_of(random, 1..file.len())];
        let forged = LogEnd { key: file.end.key, ..strangers().sign(file.end_of(lines)).unwrap() };
        edit(lines.concat() + &forged.write(), lines.len() + 1, Fault::Changed)
    }),
    ("the head cut off", |file, random| {
        let order: Vec<usize> = (one_of(random, 1..file.len() + 1)..=file.len()).collect();
        arranged(file, &order)
    }),
    ("the head cut off, with a stranger's checkpoint", |file, random| {
        let gone = one_of(random, 1..file.len());
        let End { clinic, at, .. } = file.end.statement.clone();
        let checkpoint = Gone { clinic, seq: gone as u64, hash: file.hashes[gone], at };
        let text = signed_by_strangers(checkpoint) + &file.lines[gone..].concat();
        let keyless = Keyless::Bad(file.len() - gone + 2, Fault::WrongEnd);
        Edit { keyless, ..edit(text, 1, Fault::Foreign) }
    }),
    ("a field changed, with the line's own hash made anew", |file, random| {
        let at = one_of(random, 0..file.len());
        let mut log = file.log.clone();
        change(&mut log[at], random);
        let mut lines = file.lines.clone();
        lines[at] = file.anew(at, &log).swap_remove(at);
        let fault = if at + 1 == file.len() { Fault::WrongEnd } else { Fault::Changed };
        Edit { made_to_fit: true, ..edit(lines.concat(), at + 2, fault) }
    }),
    ("a field changed, with all hashes from there on made anew", |file, random| {
        let at = one_of(random, 0..file.len());
        let mut log = file.log.clone();
        change(&mut log[at], random);
        let text = file.anew(at, &log).concat() + &file.lines[file.len()];
        Edit { made_to_fit: true, ..edit(text, file.len() + 1, Fault::WrongEnd) }
    }),
    ("a field changed, with all hashes made anew and a stranger's end", |file, random| {
        let at = one_of(random, 0..file.len());
        let mut log = file.log.clone();
        change(&mut log[at], random);
        let lines = file.anew(at, &log);
        let text = lines.concat() + &signed_by_strangers(file.end_of(&lines));
        let foreign = edit(text, file.len() + 1, Fault::Foreign);
        Edit { made_to_fit: true, keyless: Keyless::Strangers, ..foreign }
    }),
];

/// What is said of a file that comes in pieces, to somebody who knows the deployment's key, or who does not.
fn judged(file: &[u8], piece: usize, knows_key: bool) -> Verdict {
    let mut verifier = FileVerifier::default();
    // What is wrong is remembered.
    let _ = file.chunks(piece).try_for_each(|piece| verifier.take(piece));
    verifier.finish().judged(House::keys().log_key().filter(|_| knows_key))
}

/// The first line, counted from 1, that is another than it was.
fn first_other(file: &File, edited: &[u8]) -> usize {
    let mut lines = edited.split(|byte| *byte == b'\n');
    let is_other = |line: &String| lines.next() != Some(line.trim_end().as_bytes());
    file.lines.iter().position(is_other).unwrap_or(file.lines.len()) + 1
}

fn bad(number: usize, faults: &[Fault], verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Bad(BadLine { number: named, fault }) if *named == number as u64 && faults.contains(fault))
}

#[test]
fn each_of_a_thousand_edits_of_every_kind_is_found_in_the_first_line_that_does_not_fit() {
    let file = File::of(exported(&house()));
    assert!(file.len() >= 300, "only {} lines", file.len());
    let random = &mut Seeded::from(SEED);
    let mut found: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    for number in 0..EDITS {
        let (what, make) = KINDS[number % KINDS.len()];
        let edit = make(&file, random);
        assert_ne!(edit.file, file.text.as_bytes(), "edit {number}, {what}, changes nothing");
        let piece = one_of(random, 1..3_000);
        let verdict = judged(&edit.file, piece, true);
        let says = format!("edit {number}, {what}: line {}, {:?}", edit.number, edit.faults);
        assert!(bad(edit.number, &edit.faults, &verdict), "{says}; found: {verdict:?}");
        let other = first_other(&file, &edit.file);
        assert!(
            edit.made_to_fit && other < edit.number || other == edit.number,
            "{says}; edited: line {other}"
        );
        let keyless = judged(&edit.file, piece, false);
        let as_it_must = match edit.keyless {
            Keyless::TheSame => keyless == verdict,
            Keyless::Strangers => {
                matches!(&keyless, Verdict::Unproven(end) if Some(end.key) == strangers().log_key())
            }
            Keyless::Bad(number, fault) => bad(number, &[fault], &keyless),
        };
        assert!(as_it_must, "{says}; without the key: {keyless:?}");
        let [tried, in_place, without_key] = found.entry(what).or_default();
        *tried += 1;
        *in_place += u32::from(other == edit.number);
        *without_key += u32::from(matches!(keyless, Verdict::Bad(_)));
    }
    println!("{} lines and the end, {} bytes, seed {SEED}", file.len(), file.text.len());
    println!("tried and found  in the first other line  without the key too");
    for (what, _) in KINDS {
        let [tried, in_place, without_key] = found[what];
        println!("{tried:>15}  {in_place:>23}  {without_key:>19}  {what}");
    }
    let [tried, in_place, without_key] =
        found.values().fold([0; 3], |sum, kind| std::array::from_fn(|at| sum[at] + kind[at]));
    println!("{tried:>15}  {in_place:>23}  {without_key:>19}  in all");
    assert_eq!(tried as usize, EDITS);
}
