//! One password hash and nothing else: what `cargo xtask bench` measures a whole login against.
//!
//! It is compiled with the feature `bench` alone, which only the benchmark's own build switches on, so that no deployment
//! can hold a route with which a stranger makes the Worker hash without a strike.

use wire::{Empty, Problem, ProblemCode};

use crate::{config::Config, password, reply::Reply};

pub const PATH: &str = "/api/bench/hash";

/// Hashes some password with the very parameters of a login.
pub fn hash_once(config: &Config) -> Reply {
    let salt = [7; password::SALT_LENGTH];
    let reply = password::hash(config.keys.pepper(), "a password to hash", &salt)
        .map_err(|_| Problem::new(ProblemCode::Internal))
        .and_then(|_| Reply::json(&Empty {}));
    reply.unwrap_or_else(|problem| Reply::problem(&problem))
}
