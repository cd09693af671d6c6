//! Everything that is true of a clinic: its rules, its records and its commands.
//!
//! No clock, no randomness and no network: time and random bytes come in as arguments, mails go out as rows of the outbox.
#![warn(missing_docs)]

pub mod call;
pub mod clinic;
pub mod commands;
pub mod keys;
pub mod mails;
pub mod records;
pub mod rules;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use call::{Call, Caller, CommandError, Random};
pub use clinic::Clinic;
pub use keys::Keys;
