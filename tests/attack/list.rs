//! The attacks by their families, and the ground on which they are made.

use std::{
    cell::{OnceCell, RefCell},
    fmt,
    pin::Pin,
    time::Instant,
};

use anyhow::{Context, Result};
use serde::Serialize;
use wardkey_tests::Wardkey;
use xtask::progress::Step;

use crate::{
    bodies, cookies, cross_site, enumeration, guesses, host, names, outsiders, pin, starvation, totp, walk,
};

/// The families, those first whose figures are asked for most.
pub const FAMILIES: &[&[Attack]] = &[
    &guesses::ATTACKS,
    &totp::ATTACKS,
    &pin::ATTACKS,
    &cookies::ATTACKS,
    &host::ATTACKS,
    &bodies::ATTACKS,
    &outsiders::ATTACKS,
    &cross_site::ATTACKS,
    &walk::ATTACKS,
    &enumeration::ATTACKS,
    &starvation::ATTACKS,
    &names::ATTACKS,
];

/// What a run of an attack comes to.
pub type Make<'a> = Pin<Box<dyn Future<Output = Result<Findings>> + 'a>>;

/// An attack.
pub struct Attack {
    /// What it is filed under.
    pub family: &'static str,
    /// What is done.
    pub name: &'static str,
    /// The row of PROMISES that it goes for.
    pub promise: u8,
    /// What holds in spite of it, in one sentence.
    pub claim: &'static str,
    /// Makes it.
    pub make: for<'a> fn(&'a Ground) -> Make<'a>,
}

/// Where attacks are made: a Wardkey as it ships, which they share, each with clinics of its own.
pub struct Ground {
    /// Whether the figures that take longer are wanted as well.
    pub long: bool,
    wardkey: OnceCell<Wardkey>,
    step: RefCell<Option<Step>>,
}

impl Ground {
    pub fn new(long: bool) -> Self {
        Self { long, wardkey: OnceCell::new(), step: RefCell::default() }
    }

    /// The Wardkey that they share.
    pub fn wardkey(&self) -> Result<&Wardkey> {
        if self.wardkey.get().is_none() {
            let _ = self.wardkey.set(Wardkey::start()?);
        }
        self.wardkey.get().context("the shared Wardkey is gone")
    }

    /// Says how far an attack has come.
    pub fn tell(&self, text: &str) {
        if let Some(step) = self.step.borrow_mut().as_mut() {
            step.line(text);
        }
    }

    /// Begins to tell of an attack.
    pub fn begin(&self, step: Step) -> Instant {
        self.step.replace(Some(step));
        Instant::now()
    }

    /// Says how it ended.
    pub fn end(&self, held: bool) {
        match self.step.take() {
            Some(step) if held => step.done(),
            Some(step) => step.not_done(),
            None => {}
        }
    }
}

/// What an attack has tried, and what it got that it must not get.
#[derive(Default, Serialize)]
pub struct Findings {
    /// How often it was tried.
    pub tried: u64,
    /// How often it found something.
    pub found: u64,
    /// The first of what it found.
    pub examples: Vec<String>,
    /// What was counted or measured besides.
    pub figures: Vec<Figure>,
}

/// A number that an attack is judged by.
#[derive(Serialize)]
pub struct Figure {
    /// What it counts.
    pub what: &'static str,
    /// What it was.
    pub was: f64,
    /// The least that it may be, where that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// The most that it may be, where that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<f64>,
}

impl Findings {
    /// So many examples are kept.
    const EXAMPLES_MAX: usize = 12;

    /// Counts a try that must have come to nothing.
    pub fn holds(&mut self, held: bool, otherwise: impl FnOnce() -> String) {
        self.tried += 1;
        if !held {
            self.found(otherwise());
        }
    }

    /// Notes something that was found.
    pub fn found(&mut self, what: String) {
        self.found += 1;
        if self.examples.len() < Self::EXAMPLES_MAX {
            self.examples.push(what);
        }
    }

    /// Notes a number, which must lie within its bounds.
    pub fn figure(&mut self, what: &'static str, was: f64, least: Option<f64>, most: Option<f64>) {
        let figure = Figure { what, was, least, most };
        if least.is_some_and(|least| was < least) || most.is_some_and(|most| was > most) {
            self.found(figure.to_string());
        }
        self.figures.push(figure);
    }

    /// Notes a number that tells and judges nothing.
    pub fn note(&mut self, what: &'static str, was: f64) {
        self.figure(what, was, None, None);
    }

    /// Notes a count, which must be just this.
    pub fn count(&mut self, what: &'static str, was: usize, must: usize) {
        self.figure(what, was as f64, Some(must as f64), Some(must as f64));
    }

    /// Notes a count, which must be no more than this.
    pub fn at_most(&mut self, what: &'static str, was: usize, most: usize) {
        self.figure(what, was as f64, None, Some(most as f64));
    }

    /// Notes a count, which must be no less than this.
    pub fn at_least(&mut self, what: &'static str, was: usize, least: usize) {
        self.figure(what, was as f64, Some(least as f64), None);
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.was)?;
        match (self.least, self.most) {
            (Some(least), Some(most)) if least == most => write!(f, " (must be {least})"),
            (Some(least), Some(most)) => write!(f, " (must be {least} to {most})"),
            (Some(least), None) => write!(f, " (must be at least {least})"),
            (None, Some(most)) => write!(f, " (must be at most {most})"),
            (None, None) => Ok(()),
        }
    }
}
