//! The faults by their families. Each has a Wardkey of its own to harm; the short way of each is a test over HTTP as well.

pub mod clock;
pub mod disk;
pub mod kill;
pub mod mail;
pub mod migration;
pub mod panic;
pub mod versions;

mod crew;
mod forwarder;
mod ledger;
mod old;

use crate::harm::Harm;

/// The families, in the order in which they are done.
pub const FAMILIES: &[&[Harm]] = &[
    &kill::FAULTS,
    &panic::FAULTS,
    &disk::FAULTS,
    &mail::FAULTS,
    &clock::FAULTS,
    &migration::FAULTS,
    &versions::FAULTS,
];
