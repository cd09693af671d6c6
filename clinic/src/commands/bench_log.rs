//! Fills the log for the benchmark. Compiled with the feature `trial` alone.

use serde::{Deserialize, Serialize};
use wire::{Empty, Timestamp};

use super::Command;
use crate::{
    call::{Call, CommandError},
    records::bench_log,
    rules::roles::Need,
};

/// Writes so many lines.
#[derive(Debug, Serialize, Deserialize)]
pub struct FillLog {
    /// How many.
    pub lines: u32,
    /// About when the log begins: each line is a little later than the one before it.
    pub from: Timestamp,
}

impl Command for FillLog {
    const NAME: &'static str = "fill_log";
    const NEEDS: Need = Need::Nothing;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        bench_log::fill(call.sql, self.lines, self.from)?;
        Ok(Empty {})
    }
}
