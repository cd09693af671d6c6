//! The emergency way: what the operator of the deployment may do for a clinic that is locked out of itself, and for no other.
//!
//! Where somebody within can still help, the operator can't: each way out is shut as long as the clinic has its own.

/// A profile, as a way through step 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Whether wrong codes have stopped it.
    pub stopped: bool,
    /// Whether a computer belongs to it that is not revoked: without one nobody gets to its codes.
    pub has_computer: bool,
}

/// Whether no owner is left who could unlock another. `locked` tells of each owner who works at the clinic whether they are locked.
pub fn no_owner_can_unlock(locked: impl IntoIterator<Item = bool>) -> bool {
    locked.into_iter().all(|locked| locked)
}

/// Whether nobody gets through step 2 any more, so that nobody can sign in and make a profile a new QR code.
pub fn nobody_passes_step_2(ways: impl IntoIterator<Item = Way>) -> bool {
    ways.into_iter().all(|way| way.stopped || !way.has_computer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_owner_who_is_not_locked_is_enough() {
        assert!(no_owner_can_unlock([true]) && no_owner_can_unlock([true, true]));
        assert!(!no_owner_can_unlock([false]) && !no_owner_can_unlock([true, false, true]));
    }

    #[test]
    fn one_profile_that_lets_in_is_enough_where_a_computer_belongs_to_it() {
        let way = |stopped, has_computer| Way { stopped, has_computer };
        assert!(nobody_passes_step_2([way(true, true), way(false, false)]));
        assert!(nobody_passes_step_2([way(true, true), way(true, true)]));
        assert!(!nobody_passes_step_2([way(true, true), way(false, true)]));
    }
}
