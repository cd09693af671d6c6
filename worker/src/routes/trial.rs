//! What benchmarks and tests need that nobody else may have: one password hash and nothing else, an object that reads and writes and
//! nothing else, a reply that is held back, a log of any length, a clock that is moved, and a look at what the objects did and at how much memory there is.
//!
//! It is compiled with the feature `trial` alone, which only a build of its own switches on, so that no deployment can hold a
//! route with which a stranger makes the Worker hash without a strike, writes into a log, or moves the time.

use clinic::{Caller, commands::bench_log::FillLog};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;
use wire::{Empty, Method, Problem, ProblemCode, Timestamp, fields::ClinicCode};
use worker::{Env, Request, js_sys};

use crate::{
    clinics::{self, Purpose},
    incoming, password,
    reply::Reply,
    routes::attempt::REFUSAL_HELD_MILLIS,
    trial, world,
};

#[derive(Deserialize)]
struct Filling {
    clinic: String,
    lines: u32,
    from: i64,
}

#[derive(Deserialize)]
struct Passing {
    clinic: String,
    seconds: i32,
}

#[derive(Serialize)]
struct Hashed {
    phc: String,
}

#[derive(Serialize)]
struct Memory {
    bytes: u32,
}

/// Answers where the path is one of these.
pub async fn answer(path: &str, env: &Env, request: &Request) -> Option<Reply> {
    let url = request.inner().url();
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let replied = match path {
        "/api/trial/hash" => hash_once(),
        "/api/trial/hold" => hold_once().await,
        "/api/trial/object" => object_once(env).await,
        "/api/trial/log" => fill_log(env, query).await,
        "/api/trial/clock" => move_clock(env, query).await,
        "/api/trial/objects" => Reply::json(&trial::doings()),
        "/api/trial/memory" => memory(),
        _ => return None,
    };
    Some(replied.unwrap_or_else(|problem| Reply::problem(&problem)))
}

/// Hashes some password with the very parameters of a login, and with a pepper that is none.
fn hash_once() -> Result<Reply, Problem> {
    let salt = [7; password::SALT_LENGTH];
    let phc = password::hash(&[7; 32], "a password to hash", &salt);
    Reply::json(&Hashed { phc: phc.map_err(|_| Problem::new(ProblemCode::Internal))? })
}

/// Holds a reply back for as long as a refusal at a computer that rests.
async fn hold_once() -> Result<Reply, Problem> {
    world::sleep(REFUSAL_HELD_MILLIS).await;
    Reply::json(&Empty {})
}

/// Has an object that holds no clinic read and write.
async fn object_once(env: &Env) -> Result<Reply, Problem> {
    clinics::probe(env).await.map_err(|_| Problem::new(ProblemCode::Internal))?;
    Reply::json(&Empty {})
}

/// How much memory the WebAssembly holds, which never becomes less.
fn memory() -> Result<Reply, Problem> {
    let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
    let bytes = memory.buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length();
    Reply::json(&Memory { bytes })
}

/// Writes lines into a clinic's log.
async fn fill_log(env: &Env, query: &str) -> Result<Reply, Problem> {
    let Filling { clinic, lines, from } = asked(query)?;
    let clinic: ClinicCode = clinic.parse()?;
    let fill = FillLog { lines, from: Timestamp(from) };
    let empty = clinics::ask(env, (&clinic, None), &fill, &Caller::default(), Purpose::Change).await?;
    Reply::json(&empty)
}

/// Moves the clock of this runtime, and has a clinic's alarm follow it: the platform rings by its own clock.
async fn move_clock(env: &Env, query: &str) -> Result<Reply, Problem> {
    let Passing { clinic, seconds } = asked(query)?;
    let clinic: ClinicCode = clinic.parse()?;
    trial::pass(seconds);
    clinics::tell_of_clock(env, &clinic).await?;
    Reply::json(&Empty {})
}

fn asked<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    incoming::parse(Method::Get, query)
}
