//! To come.
use crate::harm::Harm;
/// The faults.
pub const FAULTS: [Harm; 0] = [];
