//! Everything that is true of a clinic: its rules, its records and its commands.
//!
//! No clock, no randomness and no network: time and random bytes come in as arguments, mails go out as rows of the outbox.
#![warn(missing_docs)]
// A panic on a request path resets the whole instance of the Worker, for everybody in it.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing
    )
)]

pub mod call;
pub mod clinic;
pub mod commands;
pub mod desk;
pub mod exports;
pub mod keys;
pub mod mails;
pub mod records;
pub mod rules;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on panics"
)]
pub mod testing;

pub use call::{Call, CallKey, Caller, CommandError, Random};
pub use clinic::{Clinic, Effects};
pub use desk::SupportDesk;
pub use keys::{Keys, NewPlace};
