//! What a key in the search above two thousand people costs in a real browser, and how long somebody waits for it whose
//! computer is four times slower.

use std::{
    fs,
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use totp_rs::Totp;
use wire::{
    Language, Role,
    ids::AccountId,
    operator::{NewClinic, NewComputer, OpenedClinic},
    people::{
        IMPORT_PEOPLE_MAX, Import, ImportPerson, ImportUsers, MakePasswords, PasswordWish, PersonFields,
    },
    sign_in::{
        Answer, AnswerQuestion, AuthorizeComputer, AuthorizeProfile, ComputerCredentials, ProfileCode,
        SubmitPassword, UserCredentials,
    },
};

use crate::{
    browser::Chromedriver,
    demo,
    progress::Step,
    settings::Settings,
    webdriver::{Browser, Key},
};

/// People in the long list.
pub const MANY: usize = LAST_NAMES.len() * FIRST_NAMES.len() * MIDDLE_NAMES.len();
/// People in the short one.
pub const FEW: usize = LAST_NAMES.len();
/// How many times slower than this one the computer is that a person waits at.
pub const SLOW_DOWN: f64 = 4.0;
/// After a key, until the page has done all that it puts off.
const PAUSE: Duration = Duration::from_millis(300);
/// So often every key is pressed.
const ROUNDS: usize = 3;
/// So often a key is pressed on a computer that others take away, before it counts all the same.
const TRIES: usize = 3;
/// Each is typed letter by letter and taken back likewise. Every letter leaves fewer people, so that every key changes the list.
const WORDS: [&str; 3] = ["harro", "stone", "dunca"];
const LAST_NAMES: [&str; 20] = [
    "Hill", "Hale", "Harper", "Harrison", "Harrow", "Sand", "Stark", "Stott", "Stonor", "Stone", "Bell",
    "Brand", "Brook", "Browse", "Brown", "Dale", "Duffy", "Dunham", "Duncombe", "Duncan",
];
const FIRST_NAMES: [&str; 20] = [
    "Anna", "Ravi", "Liam", "Petra", "Fiona", "Daniel", "Maria", "Oleg", "Irina", "Claire", "Paul", "Nina",
    "Yuri", "Julia", "Marc", "Eva", "Ian", "Vera", "Ivan", "Lena",
];
const MIDDLE_NAMES: [&str; 5] = ["", "Grace", "Ann", "Lee", "Rae"];
/// Promises for each key how many milliseconds later the frame is through that follows it, and how many people that frame counts.
const STOPWATCH: &str = "addEventListener('keydown', event => {\
        window.shown = new Promise(resolve => requestAnimationFrame(() => {\
            const after = new MessageChannel();\
            after.port1.onmessage = () => resolve([\
                performance.now() - event.timeStamp,\
                Number(document.querySelector('.count').innerText.replace(/\\D/g, ''))]);\
            after.port2.postMessage(0);\
        }));\
    }, true);\
    document.getElementById('search').focus()";

/// What the keys cost, one entry a key.
#[derive(Default)]
pub struct Keys {
    /// In the long list.
    pub many: Vec<Busy>,
    /// The same keys in the short one.
    pub few: Vec<Busy>,
    /// What the long list is busy with a moment later: the lines below the screen.
    pub afterwards: Vec<Busy>,
    /// Milliseconds from the press until the frame is through, with Chromium slowing itself down.
    pub waits: Vec<f64>,
    /// How many of these were pressed again, because the computer had been taken away from under them.
    pub again: usize,
    /// How many count though it was taken away each time.
    pub taken_away: usize,
}

/// What the page's main thread has done, in milliseconds of processor time: other programs don't count.
#[derive(Clone, Copy)]
pub struct Busy {
    /// Everything but the answers to our own questions.
    pub all: f64,
    /// The app, and the browser's own part in what it calls.
    pub script: f64,
    /// Finding out which styles apply.
    pub style: f64,
    /// Finding out what stands where.
    pub layout: f64,
}

/// Opens both clinics and presses every key in both.
pub fn measure(address: SocketAddr, settings: &Settings) -> Result<Keys> {
    let mut step = Step::start(&format!("Typing into a list of {MANY} people and one of {FEW}"));
    let driver = Chromedriver::start()?;
    // One of each last name.
    let few = List::open(&driver, address, settings, people().step_by(MANY / FEW).collect())?;
    let many = List::open(&driver, address, settings, people().collect())?;
    let mut keys = Keys::default();
    for round in 0..=ROUNDS {
        step.line(&format!("round {round} of {ROUNDS}"));
        // The first warms up: the browser compiles what is hot.
        if round == 1 {
            keys = Keys::default();
        }
        few.probe()?;
        many.probe()?;
        for (key, typed) in WORDS.into_iter().flat_map(keys_of) {
            keys.few.push(few.work(|| few.press(key, typed))?);
            keys.many.push(many.work(|| many.press(key, typed))?);
            keys.afterwards.push(many.work(|| many.settle())?);
        }
        many.slow_down(SLOW_DOWN)?;
        for word in WORDS {
            many.waits(word, &mut keys)?;
        }
    }
    step.done();
    Ok(keys)
}

/// A word letter by letter, and back again, each key with what stands in the field after it.
fn keys_of(word: &str) -> impl Iterator<Item = (Key, &str)> {
    let typed = |length| word.get(..length).unwrap_or_default();
    let there = (1..).zip(word.chars()).map(move |(length, letter)| (Key::Letter(letter), typed(length)));
    there.chain((0..word.len()).rev().map(move |length| (Key::Backspace, typed(length))))
}

/// The list of a clinic, on the screen of its owner.
struct List {
    browser: Browser,
    people: Vec<PersonFields>,
}

impl List {
    fn open(
        driver: &Chromedriver,
        address: SocketAddr,
        settings: &Settings,
        people: Vec<PersonFields>,
    ) -> Result<Self> {
        let origin = &settings.public_origin;
        let browser = Browser::open(driver)?;
        browser.go(origin)?;
        sign_in(&browser, &demo::open(address, settings, &clinic())?)?;
        add_people(&browser, &people)?;
        browser.go(&format!("{origin}/clinic/users"))?;
        // With the owner.
        let count = people.len() + 1;
        browser.wait(&format!(
            "return (document.querySelector('.count')?.innerText ?? '').replace(/\\D/g, '') === '{count}'"
        ))?;
        browser.execute::<()>(STOPWATCH, &[])?;
        Ok(Self { browser, people })
    }

    /// Presses a key, looks that the next frame counts those who are found, and tells how many milliseconds later it was through.
    fn press(&self, key: Key, typed: &str) -> Result<f64> {
        self.browser.press(key)?;
        let (waited, count): (f64, usize) = self.browser.execute("return shown", &[])?;
        let found = found(&self.people, typed);
        ensure!(count == found, "the frame after \"{typed}\" counts {count} people, not {found}");
        Ok(waited)
    }

    /// Types a word and takes it back, and notes how long each key is waited for. A key counts once nobody has taken the computer away while it was pressed and drawn
    /// to the end, which is the same time for each: until then it is pressed again, and so are those that lead to it.
    fn waits(&self, word: &str, keys: &mut Keys) -> Result<()> {
        let all: Vec<_> = keys_of(word).collect();
        let mut waits = vec![None; all.len()];
        for tried in 1..=TRIES {
            for ((key, typed), wait) in all.iter().zip(&mut waits) {
                let before = taken_away()?;
                let waited = self.press(*key, typed)?;
                self.settle()?;
                let undisturbed = taken_away()? == before;
                if wait.is_none() && (undisturbed || tried == TRIES) {
                    *wait = Some(waited);
                    keys.again += usize::from(tried > 1);
                    keys.taken_away += usize::from(!undisturbed);
                }
            }
            if waits.iter().all(Option::is_some) {
                break;
            }
        }
        keys.waits.extend(waits.into_iter().flatten());
        Ok(())
    }

    /// Has the browser tell what its main thread does, at full speed.
    fn probe(&self) -> Result<()> {
        self.browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 1 }))?;
        self.browser.devtools("Performance.enable", json!({ "timeDomain": "threadTicks" })).map(drop)
    }

    /// Has the browser be so many times slower than it is, and count nothing: that takes time of its own.
    fn slow_down(&self, times: f64) -> Result<()> {
        self.browser.devtools("Performance.disable", json!({}))?;
        self.browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": times })).map(drop)
    }

    /// Waits until nothing more follows from the last key, as most people do who type.
    fn settle(&self) -> Result<()> {
        let pause = json!(PAUSE.as_millis() as u64);
        self.browser.execute(
            "const [pause] = arguments; return new Promise(resolve => setTimeout(() => resolve(null), pause))",
            &[pause],
        )
    }

    /// What the browser's main thread does for something.
    fn work<T>(&self, act: impl FnOnce() -> Result<T>) -> Result<Busy> {
        let before = self.busy()?;
        act()?;
        Ok(self.busy()?.since(before))
    }

    fn busy(&self) -> Result<Busy> {
        #[derive(Deserialize)]
        struct Metrics {
            metrics: Vec<Metric>,
        }
        #[derive(Deserialize)]
        struct Metric {
            name: String,
            value: f64,
        }
        let answer = self.browser.devtools("Performance.getMetrics", json!({}))?;
        let Metrics { metrics } = serde_json::from_value(answer)?;
        let millis = |name: &str| {
            let metric = metrics.iter().find(|metric| metric.name == name);
            metric.map(|metric| metric.value * 1000.0).with_context(|| format!("the browser tells no {name}"))
        };
        Ok(Busy {
            all: millis("TaskDuration")? - millis("DevToolsCommandDuration")?,
            script: millis("ScriptDuration")?,
            style: millis("RecalcStyleDuration")?,
            layout: millis("LayoutDuration")?,
        })
    }
}

impl Busy {
    fn since(self, before: Busy) -> Busy {
        Busy {
            all: self.all - before.all,
            script: self.script - before.script,
            style: self.style - before.style,
            layout: self.layout - before.layout,
        }
    }
}

/// All four steps, by the page's own requests.
pub fn sign_in(browser: &Browser, clinic: &OpenedClinic) -> Result<()> {
    let OpenedClinic { computers, profiles, users, .. } = clinic;
    let ((computer, profile), owner) =
        computers.first().zip(profiles.first()).zip(users.first()).context("an empty clinic")?;
    let (username, password) = (computer.username.clone(), computer.password.clone());
    browser.ask::<AuthorizeComputer>(&ComputerCredentials { username, password })?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let code = Totp::from_url(&profile.otpauth_url)?.generate(now).to_string();
    browser.ask::<AuthorizeProfile>(&ProfileCode { code })?;
    let (login, password) = (owner.login.clone(), owner.password.clone());
    browser.ask::<SubmitPassword>(&UserCredentials { login, password })?;
    browser.ask::<AnswerQuestion>(&Answer { yes: true })?;
    Ok(())
}

/// Imports everybody. Nobody of them signs in, so they share one password: two thousand hashes would take minutes.
fn add_people(browser: &Browser, people: &[PersonFields]) -> Result<()> {
    let made = browser.ask::<MakePasswords>(&PasswordWish { count: 1 })?;
    let sealed = made.passwords.into_iter().next().context("no password was made")?.sealed;
    for (number, some) in (1_u8..).zip(people.chunks(IMPORT_PEOPLE_MAX)) {
        let people = (1..).zip(some).map(|(line, person)| ImportPerson {
            line,
            person: person.clone(),
            sealed: sealed.clone(),
        });
        let import = AccountId::from_random([number; 16]).to_string();
        let imported = browser.ask::<ImportUsers>(&Import { import, people: people.collect() })?;
        ensure!(imported.refused.is_empty(), "not everybody can be added: {:?}", imported.refused);
    }
    Ok(())
}

/// An owner whom no word finds, and what they sign in with.
fn clinic() -> NewClinic {
    NewClinic {
        name: "A list".to_owned(),
        language: Language::En,
        time_zone: "Europe/London".to_owned(),
        profiles: vec!["Main".to_owned()],
        computers: vec![NewComputer { label: "Office".to_owned(), profile: "Main".to_owned() }],
        users: vec![demo::person(Role::Owner, ("Xi", "Xu", None), "", "xu", "xu@example.org")],
    }
}

fn people() -> impl Iterator<Item = PersonFields> {
    let names = LAST_NAMES.into_iter().flat_map(|last| {
        FIRST_NAMES.into_iter().flat_map(move |first| MIDDLE_NAMES.map(|middle| (last, first, middle)))
    });
    names.enumerate().map(|(number, (last_name, first_name, middle_name))| PersonFields {
        last_name: last_name.to_owned(),
        first_name: first_name.to_owned(),
        middle_name: middle_name.to_owned(),
        position: String::new(),
        email: String::new(),
        role: Role::Employee,
        login: format!("x{number}"),
        language: Language::En,
        rights: None,
    })
}

/// How much of the processors' time a virtual machine's host has kept to itself so far, in hundredths of a second: the column "steal" of proc(5).
fn taken_away() -> Result<u64> {
    let stat = fs::read_to_string("/proc/stat")?;
    let steal = stat.split_whitespace().nth(8).context("/proc/stat tells no steal")?;
    Ok(steal.parse()?)
}

/// How many people a word finds; without one the owner is there as well.
fn found(people: &[PersonFields], word: &str) -> usize {
    let is_found = |person: &&PersonFields| {
        let PersonFields { first_name, middle_name, last_name, login, .. } = person;
        format!("{first_name} {middle_name} {last_name} {login}  Employee").to_lowercase().contains(word)
    };
    people.iter().filter(is_found).count() + usize::from(word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_leaves_fewer_people() {
        for (count, step) in [(MANY, 1), (FEW, MANY / FEW)] {
            let people: Vec<PersonFields> = people().step_by(step).collect();
            assert_eq!(people.len(), count);
            for word in WORDS {
                let counts: Vec<usize> = (0..=word.len()).map(|end| found(&people, &word[..end])).collect();
                assert!(counts.is_sorted_by(|more, fewer| more > fewer), "{word}: {counts:?}");
                assert_ne!(counts.last(), Some(&0), "{word}");
            }
        }
    }

    #[test]
    fn a_word_is_typed_and_taken_back() {
        let typed: Vec<&str> = keys_of("ann").map(|(_, typed)| typed).collect();
        assert_eq!(typed, ["a", "an", "ann", "an", "a", ""]);
    }
}
