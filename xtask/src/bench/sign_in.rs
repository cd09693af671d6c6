//! What a sign-in costs beside the dearest thing in it, one password hash, and what a refusal costs beside the least that an object does.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use serde::Deserialize;
use wire::{
    Endpoint, ProblemCode,
    operator::{OpenedClinic, UserSecret},
    sign_in::GetSignIn,
};

use super::{
    doors::{self, Doors},
    machine::Machine,
};
use crate::{demo, desk::Desk, progress::Step};

/// The route of the trial Worker that hashes one password and does nothing else. No other Worker has it.
pub const HASH_PATH: &str = "/api/trial/hash";
/// The one that has an object read and write, and does nothing else.
pub const OBJECT_PATH: &str = "/api/trial/object";
/// The one that holds a reply back for as long as a refusal at a computer that rests, and does nothing else.
pub const HOLD_PATH: &str = "/api/trial/hold";
/// The one that does next to nothing.
const EMPTY_PATH: &str = "/api/trial/memory";
/// The one that counts objects.
const OBJECTS_PATH: &str = "/api/trial/objects";
/// What the first route hashes, and the pepper that it takes.
const HASHED: (&str, [u8; 32]) = ("a password to hash", [7; 32]);
/// Rounds that are measured, each with everything in it once.
const ROUNDS: usize = 200;
/// Rounds before those: the runtime compiles what is hot, the storage fills its caches.
const WARM_UP_ROUNDS: usize = 12;
/// Computers, and people, who sign in at once. At one computer tries stand a quarter of a second apart, and so many hashes take longer.
const AT_ONCE: usize = 12;
/// How often each does so in a block, and how many blocks there are of logins and of hashes.
const IN_A_BLOCK: usize = 4;
const BLOCKS: usize = 10;
/// Clinics whose objects begin, and how often.
const COLD_CLINICS: usize = 10;
const COLD_STARTS: usize = 3;
/// Wrong passwords in a row at one computer after which it rests for a minute.
const WRONG_UNTIL_IT_RESTS: usize = 16;
/// For so long it refuses; a try in the last quarter of a minute would wait. It must last for one more round of two seconds.
const IT_REFUSES: Duration = Duration::from_secs(41);
/// Tries at the computer that rests, a second each.
const THROTTLED_TRIES: usize = 40;

/// Times in milliseconds, one a round unless it says otherwise.
#[derive(Default)]
pub struct Samples {
    pub hash: Vec<f64>,
    /// The same hash by this computer's own code.
    pub native_hash: Vec<f64>,
    pub login: Vec<f64>,
    pub locked_try: Vec<f64>,
    /// One a try, without the time that it is held back.
    pub throttled_try: Vec<f64>,
    /// An object read and written.
    pub object: Vec<f64>,
    /// One a throttled try.
    pub object_beside_throttled: Vec<f64>,
    pub empty: Vec<f64>,
    /// One a block: as many hashes and logins as people, all at once.
    pub hashes_at_once: Vec<f64>,
    pub logins_at_once: Vec<f64>,
    /// One an object: the first answer of one that has just begun, and another one.
    pub cold: Vec<f64>,
    pub warm: Vec<f64>,
}

/// Takes all of these times on a machine with nothing in it.
pub fn measure(machine: &Machine<'_>) -> Result<Samples> {
    let clinic = demo::open(machine.address(), machine.settings(), &doors::clinic(AT_ONCE))?;
    let mut doors = Doors::open(machine, &clinic)?;
    let mut samples = rounds(&mut doors)?;
    at_once(&doors, &clinic, &mut samples)?;
    throttled(&mut doors, &clinic, &mut samples)?;
    cold(machine, &mut samples)?;
    Ok(samples)
}

fn rounds(doors: &mut Doors<'_>) -> Result<Samples> {
    let mut step =
        Step::start(&format!("{ROUNDS} rounds of logins and hashes, after {WARM_UP_ROUNDS} to warm up"));
    let mut samples = Samples::default();
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        if round == WARM_UP_ROUNDS {
            samples = Samples::default();
        }
        let Samples { hash, native_hash, login, locked_try, object, empty, .. } = &mut samples;
        // What follows what is turned about, so that neither always finds the other's leavings.
        if round % 2 == 0 {
            hash.push(native(doors.next()?, native_hash)?);
            login.push(doors.login()?);
            object.push(doors.next()?.get(OBJECT_PATH)?.millis);
            locked_try.push(doors.locked_try()?);
        } else {
            locked_try.push(doors.locked_try()?);
            object.push(doors.next()?.get(OBJECT_PATH)?.millis);
            login.push(doors.login()?);
            hash.push(native(doors.next()?, native_hash)?);
        }
        empty.push(doors.next()?.get(EMPTY_PATH)?.millis);
        step.line(&format!("round {}", round + 1));
    }
    step.done();
    Ok(samples)
}

#[derive(Deserialize)]
struct Hashed {
    phc: String,
}

/// Has the Worker hash, and this computer find the same hash with the same parameters. Gives the Worker's time.
fn native(desk: &Desk<'_>, native_hash: &mut Vec<f64>) -> Result<f64> {
    let reply = desk.get(HASH_PATH)?;
    let Hashed { phc } = serde_json::from_str(&reply.body)?;
    let (password, pepper) = HASHED;
    let began = Instant::now();
    let same = verifies(&pepper, password, &phc);
    native_hash.push(began.elapsed().as_secs_f64() * 1000.0);
    ensure!(same, "the Worker hashes otherwise than this computer does: {phc}");
    Ok(reply.millis)
}

fn verifies(pepper: &[u8; 32], password: &str, phc: &str) -> bool {
    let Ok(phc) = PasswordHash::new(phc) else { return false };
    // Memory and passes are those of the hash.
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
        .is_ok_and(|hasher| hasher.verify_password(password.as_bytes(), &phc).is_ok())
}

/// As many logins as there are computers, all at once, and as many hashes.
fn at_once(doors: &Doors<'_>, clinic: &OpenedClinic, samples: &mut Samples) -> Result<()> {
    let guests: Vec<&UserSecret> = doors::guests(clinic).collect();
    let hashes = || together(doors, |_, desk| desk.get(HASH_PATH).map(drop));
    let logins = || {
        together(doors, |number, desk| {
            desk.login(guests.get(number).context("fewer people than computers")?).map(drop)
        })
    };
    let mut step = Step::start(&format!("{BLOCKS} blocks of {AT_ONCE} logins at once, and of hashes"));
    for block in 0..BLOCKS {
        if block % 2 == 0 {
            samples.hashes_at_once.push(hashes()?);
            samples.logins_at_once.push(logins()?);
        } else {
            samples.logins_at_once.push(logins()?);
            samples.hashes_at_once.push(hashes()?);
        }
        step.line(&format!("block {}", block + 1));
    }
    step.done();
    Ok(())
}

/// Everybody does the same so many times in a row. Gives the milliseconds until the last one is through.
fn together(doors: &Doors<'_>, act: impl Fn(usize, &Desk<'_>) -> Result<()> + Sync) -> Result<f64> {
    let began = Instant::now();
    thread::scope(|scope| {
        let act = &act;
        let hands: Vec<_> = doors
            .desks()
            .enumerate()
            .map(|(number, desk)| scope.spawn(move || (0..IN_A_BLOCK).try_for_each(|_| act(number, desk))))
            .collect();
        hands.into_iter().try_for_each(|hand| hand.join().unwrap_or_else(|_| bail!("a thread has panicked")))
    })?;
    Ok(began.elapsed().as_secs_f64() * 1000.0)
}

/// Tries at a computer that rests, as so many wrong passwords were typed at it.
fn throttled(doors: &mut Doors<'_>, clinic: &OpenedClinic, samples: &mut Samples) -> Result<()> {
    let mut step = Step::start(&format!("{THROTTLED_TRIES} tries at a computer that rests"));
    let guest = doors::guests(clinic).next().context("nobody to sign in")?;
    let desk = doors.next()?;
    let (mut wrong, mut rests_since) = (0, None::<Instant>);
    for number in 0..THROTTLED_TRIES {
        if rests_since.is_none_or(|since| since.elapsed() > IT_REFUSES) {
            // Once more when its rest is over.
            let enough = WRONG_UNTIL_IT_RESTS.max(wrong + 1);
            while wrong < enough {
                // A login of its own each time, so that none is locked. A try that would wait for too long counts nothing.
                if desk.wrong_try(&format!("ghost{wrong}"))? != ProblemCode::SlowDown {
                    wrong += 1;
                }
                step.line(&format!("{wrong} wrong passwords"));
            }
            rests_since = Some(Instant::now());
        }
        // The Worker holds such a refusal back on purpose, and does nothing meanwhile. Its timer is as late in the one as in the other.
        let held = desk.get(HOLD_PATH)?.millis - desk.get(EMPTY_PATH)?.millis;
        samples.throttled_try.push(desk.refused(guest, ProblemCode::SlowDown)? - held);
        samples.object_beside_throttled.push(desk.get(OBJECT_PATH)?.millis);
        step.line(&format!("try {}", number + 1));
    }
    step.done();
    Ok(())
}

#[derive(Deserialize)]
struct Objects {
    made: usize,
}

/// The first answer of objects that have just begun, and the next one of the same objects.
fn cold(machine: &Machine<'_>, samples: &mut Samples) -> Result<()> {
    let mut step = Step::start(&format!("{COLD_STARTS} starts with {COLD_CLINICS} clinics each"));
    let open = || demo::open(machine.address(), machine.settings(), &doors::clinic(1));
    let clinics = (0..=COLD_CLINICS).map(|_| open()).collect::<Result<Vec<_>>>()?;
    let sit_down = |clinic| Desk::open(machine.address(), machine.settings(), clinic);
    let desks = clinics.iter().map(sit_down).collect::<Result<Vec<_>>>()?;
    for start in 0..COLD_STARTS {
        step.line(&format!("start {}", start + 1));
        machine.start_anew()?;
        for (place, desk) in desks.iter().enumerate() {
            let (cold, warm) = (desk.get(GetSignIn::PATH)?.millis, desk.get(GetSignIn::PATH)?.millis);
            // With the first of them the runtime itself begins: it is not the object that one waits for.
            if place > 0 {
                samples.cold.push(cold);
                samples.warm.push(warm);
            }
        }
        let told = ureq::get(format!("http://{}{OBJECTS_PATH}", machine.address())).call()?;
        let Objects { made } = told.into_body().read_json()?;
        ensure!(made == clinics.len(), "{made} objects have begun, not {}", clinics.len());
    }
    step.done();
    Ok(())
}
