//! What each route does: parse, ask the clinic's object, reply.

pub mod activities;
#[cfg(feature = "bench")]
pub mod bench;
pub mod dev;
pub mod health;
pub mod operator;
pub mod sign_in;
pub mod site;
pub mod user;
pub mod users;
