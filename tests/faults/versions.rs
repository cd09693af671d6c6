//! An app from before an update with the Worker from after it, and the other way round: not here, and this says where.

use crate::harm::{Findings, Harm};

/// The faults.
pub const FAULTS: [Harm; 1] = [Harm {
    family: "versions",
    name: "an older app with this Worker, and this app with an older Worker",
    promise: 34,
    claim: "Each takes what the other says.",
    make: |_| Box::pin(async { Ok(Findings::not_here(WHERE)) }),
}];

const WHERE: &str = "there is no release yet whose app could be built. What both said before the last great change is recorded, and \
                     `cargo test -p wardkey-wire --test older` holds today's to it, both ways";
