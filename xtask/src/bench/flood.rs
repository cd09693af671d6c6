//! Sign-ins in a flood of others' tries, and fifty at once in one isolate: the attacks that make both, and what they measured.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::{
    harm::{self, Harm},
    target_dir,
};

/// The family of these attacks.
const FAMILY: &str = "starvation";

/// A number that an attack took.
#[derive(Clone, Serialize, Deserialize)]
pub struct Figure {
    /// What it counts.
    pub what: String,
    /// What it was.
    pub was: f64,
    /// The most that it may be, where that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<f64>,
}

#[derive(Deserialize)]
struct Report {
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    family: String,
    figures: Vec<Figure>,
}

impl Figure {
    /// Whether it is low enough.
    pub fn is_within_bar(&self) -> bool {
        self.most.is_none_or(|most| self.was <= most)
    }
}

/// Makes the attacks, and gives what they measured.
pub fn measure() -> Result<Vec<Figure>> {
    harm::run(Harm::Attack, Some(FAMILY), false)?;
    let told = fs::read(target_dir().join("attack/report.json")).context("the attacks left no report")?;
    let Report { lines } = serde_json::from_slice(&told)?;
    let figures: Vec<Figure> =
        lines.into_iter().filter(|line| line.family == FAMILY).flat_map(|line| line.figures).collect();
    ensure!(!figures.is_empty(), "the attacks have measured nothing");
    Ok(figures)
}
