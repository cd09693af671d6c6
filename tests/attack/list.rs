//! The attacks by their families.

pub use wardkey_tests::harm::{Findings, Ground, Harm as Attack};

use crate::{
    bodies, cookies, cross_site, crossing, enumeration, guesses, host, names, outsiders, pin, starvation,
    strays, timing, totp, walk,
};

/// The families, those first whose figures are asked for most.
pub const FAMILIES: &[&[Attack]] = &[
    &guesses::ATTACKS,
    &totp::ATTACKS,
    &pin::ATTACKS,
    &cookies::ATTACKS,
    &host::ATTACKS,
    &bodies::ATTACKS,
    &strays::ATTACKS,
    &outsiders::ATTACKS,
    &cross_site::ATTACKS,
    &crossing::ATTACKS,
    &walk::ATTACKS,
    &enumeration::ATTACKS,
    &timing::ATTACKS,
    &starvation::ATTACKS,
    &names::ATTACKS,
];
