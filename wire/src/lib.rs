//! What the app and the Worker say to each other: requests, replies, parsed fields, problem codes and paths.
//!
//! Nothing here decides anything, but whether an exported log is as it was written, and what in a cell could be a formula: all who look
//! must find the same. The JSON shapes are pinned by tests, because an old app may still talk to a new Worker.
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

pub mod activities;
pub mod archive;
pub mod cells;
pub mod checkpoint;
pub mod computers;
pub mod endpoint;
pub mod fields;
pub mod first_day;
pub mod health;
pub mod help;
pub mod ids;
pub mod language;
pub mod live;
pub mod log_end;
pub mod log_file;
pub mod mails;
pub mod me;
pub mod monitoring;
pub mod operator;
pub mod people;
pub mod place;
pub mod problem;
pub mod proof;
pub mod recovery;
pub mod rights;
pub mod role;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod signed;
pub mod support;
pub mod time;
pub mod users;

pub use endpoint::{Empty, Endpoint, Method};
pub use language::Language;
pub use problem::{Problem, ProblemCode};
pub use role::Role;
pub use time::{Day, Timestamp};
