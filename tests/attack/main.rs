//! `cargo xtask attack`: what somebody tries who means harm, against the real Worker in the real runtime, counted and timed.
//!
//! Each attack says which promise of PROMISES it goes for and what it must not find. One that finds something fails the whole.

mod bodies;
mod chance;
mod cookies;
mod cross_site;
mod enumeration;
mod guesses;
mod host;
mod jar;
mod list;
mod names;
mod nasty;
mod outsiders;
mod pin;
mod raw;
mod records;
mod report;
mod starvation;
mod totp;
mod walk;

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};
use xtask::progress::{self, Step};

use crate::{
    list::{Attack, FAMILIES, Ground},
    report::{Line, Report},
};

/// How long one attack may take, and one with `--long`.
const PATIENCE: Duration = Duration::from_secs(6 * 60);
const PATIENCE_LONG: Duration = Duration::from_secs(40 * 60);

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Wish::read(std::env::args().skip(1)) {
        Ok(wish) => attack(&wish).await,
        Err(error) => Err(error),
    };
    outcome.unwrap_or_else(|error| {
        progress::failed(&error);
        ExitCode::FAILURE
    })
}

/// What is asked for.
#[derive(Default)]
struct Wish {
    /// Only the attacks with these letters in their family or name.
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

    fn wants(&self, attack: &Attack) -> bool {
        let named =
            |part: &String| attack.family.contains(part.as_str()) || attack.name.contains(part.as_str());
        self.only.as_ref().is_none_or(named)
    }
}

async fn attack(wish: &Wish) -> Result<ExitCode> {
    let wanted: Vec<&Attack> =
        FAMILIES.iter().copied().flatten().filter(|attack| wish.wants(attack)).collect();
    if wanted.is_empty() {
        bail!("no attack has \"{}\" in its name", wish.only.as_deref().unwrap_or_default());
    }
    let ground = Ground::new(wish.long);
    let mut report = Report::default();
    for attack in wanted {
        report.add(made(attack, &ground).await);
    }
    let file = report.write()?;
    report.print();
    progress::note(&format!("The figures are in {}", file.display()));
    Ok(if report.all_held() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Makes an attack and says what became of it. One that cannot be made has proved nothing, which is a failure too.
async fn made(attack: &'static Attack, ground: &Ground) -> Line {
    let step = ground.begin(Step::start(&format!("{}: {}", attack.family, attack.name)));
    let patience = if ground.long { PATIENCE_LONG } else { PATIENCE };
    let outcome = tokio::time::timeout(patience, (attack.make)(ground)).await;
    let outcome = outcome.unwrap_or_else(|_| bail!("it took more than {} s", patience.as_secs()));
    let line = Line::new(attack, outcome, step.elapsed());
    ground.end(line.held());
    line
}
