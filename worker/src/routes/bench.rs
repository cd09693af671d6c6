//! One password hash and nothing else, what `cargo xtask bench` measures a whole login against; and a log of any length.
//!
//! It is compiled with the feature `bench` alone, which only the benchmark's own build switches on, so that no deployment
//! can hold a route with which a stranger makes the Worker hash without a strike, or writes into a log.

use clinic::commands::bench_log::FillLog;
use serde::Deserialize;
use wire::{Empty, Method, Problem, ProblemCode, Timestamp, fields::ClinicCode};

use crate::{config::Config, incoming, password, reply::Reply, visit::Visit};

pub const PATH: &str = "/api/bench/hash";
pub const LOG_PATH: &str = "/api/bench/log";

#[derive(Deserialize)]
struct Filling {
    clinic: String,
    lines: u32,
    from: i64,
}

/// Writes lines into a clinic's log.
pub async fn fill_log(visit: &Visit<'_>, query: &str) -> Reply {
    let filled = async {
        let Filling { clinic, lines, from } = incoming::parse(Method::Get, query)?;
        let clinic: ClinicCode = clinic.parse()?;
        visit.change_in(&clinic, &FillLog { lines, from: Timestamp(from) }).await
    };
    let reply = filled.await.and_then(|empty: Empty| Reply::json(&empty));
    reply.unwrap_or_else(|problem| Reply::problem(&problem))
}

/// Hashes some password with the very parameters of a login.
pub fn hash_once(config: &Config) -> Reply {
    let salt = [7; password::SALT_LENGTH];
    let reply = password::hash(config.keys.pepper(), "a password to hash", &salt)
        .map_err(|_| Problem::new(ProblemCode::Internal))
        .and_then(|_| Reply::json(&Empty {}));
    reply.unwrap_or_else(|problem| Reply::problem(&problem))
}
