//! Harm that is done to a running Wardkey on purpose, by attacks and by faults: what was tried, what it found, and one that finds
//! something fails the whole.

use std::{
    cell::{OnceCell, RefCell},
    fmt,
    pin::Pin,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use xtask::progress::{self, Step};

use crate::{
    Wardkey,
    report::{Line, Report},
};

/// How long one of them may take, and one with `--long`.
const PATIENCE: Duration = Duration::from_secs(6 * 60);
const PATIENCE_LONG: Duration = Duration::from_secs(40 * 60);

/// Does all of it that is asked for on the command line of `cargo xtask VERB`, prints a table and writes `target/VERB/report.json`.
pub async fn make_all(verb: &'static str, families: &[&'static [Harm]]) -> ExitCode {
    let outcome = match Wish::read(std::env::args().skip(1)) {
        Ok(wish) => wish.grant(verb, families).await,
        Err(error) => Err(error),
    };
    outcome.unwrap_or_else(|error| {
        progress::failed(&error);
        ExitCode::FAILURE
    })
}

/// Does one of them, the short way, which must find nothing.
pub async fn must_hold(harm: &'static Harm) -> Result<()> {
    let line = made(harm, &Ground::new(false)).await;
    ensure!(line.held(), "{}: {}\n{}", harm.family, harm.name, line.complaints().join("\n"));
    Ok(())
}

/// What is asked for.
#[derive(Default)]
struct Wish {
    /// Only those with these letters in their family or name.
    only: Option<String>,
    /// Also the figures that take longer than everybody wants to wait.
    long: bool,
}

impl Wish {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut wish = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--only" => wish.only = Some(arguments.next().context("--only PART names no part")?),
                "--long" => wish.long = true,
                other => bail!("{other} is neither --only PART nor --long"),
            }
        }
        Ok(wish)
    }

    fn wants(&self, harm: &Harm) -> bool {
        let named = |part: &String| harm.family.contains(part.as_str()) || harm.name.contains(part.as_str());
        self.only.as_ref().is_none_or(named)
    }

    async fn grant(&self, verb: &'static str, families: &[&'static [Harm]]) -> Result<ExitCode> {
        let wanted: Vec<&Harm> = families.iter().copied().flatten().filter(|harm| self.wants(harm)).collect();
        if wanted.is_empty() {
            bail!(
                "nothing of `cargo xtask {verb}` has \"{}\" in its name",
                self.only.as_deref().unwrap_or_default()
            );
        }
        let ground = Ground::new(self.long);
        let mut report = Report::of(verb);
        for harm in wanted {
            report.add(made(harm, &ground).await);
        }
        let file = report.write()?;
        report.print();
        progress::note(&format!("The figures are in {}", file.display()));
        Ok(if report.all_held() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Does it and says what became of it. What cannot be done has proved nothing, which is a failure too.
async fn made(harm: &'static Harm, ground: &Ground) -> Line {
    let step = ground.begin(Step::start(&format!("{}: {}", harm.family, harm.name)));
    let patience = if ground.long { PATIENCE_LONG } else { PATIENCE };
    let outcome = tokio::time::timeout(patience, (harm.make)(ground)).await;
    let outcome = outcome.unwrap_or_else(|_| bail!("it took more than {} s", patience.as_secs()));
    let line = Line::new(harm, outcome, step.elapsed());
    ground.end(line.held());
    if let Some(why) = line.not_here() {
        progress::note(&format!("Not tried here: {why}"));
    }
    line
}

/// What a run comes to.
pub type Make<'a> = Pin<Box<dyn Future<Output = Result<Findings>> + 'a>>;

/// An attack or a fault.
pub struct Harm {
    /// What it is filed under.
    pub family: &'static str,
    /// What is done.
    pub name: &'static str,
    /// The row of PROMISES that it goes for.
    pub promise: u8,
    /// What holds in spite of it, in one sentence.
    pub claim: &'static str,
    /// Does it.
    pub make: for<'a> fn(&'a Ground) -> Make<'a>,
}

/// Where harm is done: at a Wardkey as it ships, which those share that leave it whole, each with clinics of its own.
pub struct Ground {
    /// Whether the figures that take longer are wanted as well.
    pub long: bool,
    wardkey: OnceCell<Wardkey>,
    step: RefCell<Option<Step>>,
}

impl Ground {
    /// A ground that nothing has been done to.
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

    /// Says how far it has come.
    pub fn tell(&self, text: &str) {
        if let Some(step) = self.step.borrow_mut().as_mut() {
            step.line(text);
        }
    }

    fn begin(&self, step: Step) -> Instant {
        self.step.replace(Some(step));
        Instant::now()
    }

    fn end(&self, held: bool) {
        match self.step.take() {
            Some(step) if held => step.done(),
            Some(step) => step.not_done(),
            None => {}
        }
    }
}

/// What was tried, and what came of it that must not.
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
    /// Why it can't be tried on this machine, where it can't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_here: Option<String>,
}

/// A number that is judged, or that tells.
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

    /// What this machine lets nobody try.
    pub fn not_here(why: &str) -> Self {
        Self { not_here: Some(why.to_owned()), ..Self::default() }
    }

    /// Counts a try that must have come to nothing.
    pub fn holds(&mut self, held: bool, otherwise: impl FnOnce() -> String) {
        self.tried += 1;
        if !held {
            self.found(otherwise());
        }
    }

    /// Counts something that must have gone well, and gives what came of it.
    pub fn went_well<T>(&mut self, what: &str, outcome: Result<T>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.tried += 1;
                Some(value)
            }
            Err(error) => {
                self.holds(false, || format!("{what}: {error:#}"));
                None
            }
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
