//! The Worker is killed while it brings records of an older version up to date: they are as they were, or as they must be.

use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, bail, ensure};
use wire::{Empty, Timestamp, sign_in::SignInState, support::OpenDesk};

use super::{
    kill,
    old::{self, Whose},
};
use crate::{
    Client, Clinic, Wardkey, acts, authenticator,
    chance::Chance,
    desk::Helper,
    harm::{Findings, Ground, Harm},
    records::{self, Records},
};

/// The faults.
pub const FAULTS: [Harm; 2] = [
    Harm {
        family: "migration",
        name: "the power goes while a clinic is brought up to date, from each older schema",
        promise: 34,
        claim: "The schema is the old one or the newest and none between; in the end it is the newest, with every row, and people sign in.",
        make: |ground| Box::pin(a_clinic(ground)),
    },
    Harm {
        family: "migration",
        name: "the power goes while the support desk is brought up to date, from each older schema",
        promise: 34,
        claim: "The same, and an operator signs in.",
        make: |ground| Box::pin(the_desk(ground)),
    },
];

/// Lines of the clinic's log, so that it takes a while, and with `--long`.
const LINES: usize = 2_000;
const LINES_LONG: usize = 40_000;
/// Kills from each older schema, and with `--long`.
const KILLS: usize = 1;
const KILLS_LONG: usize = 10;
/// Kills come up to so many times as late as the last one took.
const BEYOND: f64 = 1.1;

async fn a_clinic(ground: &Ground) -> Result<Findings> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let door = clinic.at("Reception 1").await?;
    acts::lock(&door, "patel").await?;
    let file = records::file_of(&clinic, &wardkey.state().join("data"))?;
    // A mail that waits would leave while the rows are compared.
    kill::mails_leave(&file).await?;
    wardkey.kill();
    let lines = if ground.long { LINES_LONG } else { LINES };
    old::lengthen(&file, lines, now()?)?;
    let place = Place { wardkey: &wardkey, whose: Whose::Clinic, file, touched: &[] };
    let look = async || match door.twin()?.state().await? {
        SignInState::User { .. } => Ok(()),
        other => bail!("steps 1 and 2 are gone: {other:?}"),
    };
    let work = async || {
        let door = door.twin()?;
        acts::sign_in(&door, clinic.user("hughes")?).await?;
        let refused = door.twin()?.try_password("patel", &clinic.user("patel")?.password).await?;
        ensure!(refused.is_err_and(|refusal| refusal.status == 423), "the lock is gone");
        let log = acts::log(&owner.twin()?).await.context("the owner's session")?;
        ensure!(log.len() > lines, "{} lines of {lines}", log.len());
        Ok(())
    };
    place.cut_short(ground, look, work).await
}

async fn the_desk(ground: &Ground) -> Result<Findings> {
    let wardkey = Wardkey::start()?;
    let helper = Helper::new(&wardkey)?;
    let operator = helper.signed_in().await?;
    let file = file_of_desk(&wardkey)?;
    wardkey.kill();
    // The last use of a session is noted with each look.
    let place = Place { wardkey: &wardkey, whose: Whose::Desk, file, touched: &["operator_sessions"] };
    let look = async || operator.twin()?.call::<OpenDesk>(&Empty {}).await.map(drop);
    let work = async || {
        let client = Client::elsewhere(wardkey.origin())?;
        // That of the step before was used up.
        let code = authenticator::code_of_step(&helper.made.otpauth_url, 1)?;
        helper.try_sign_in(&client, &helper.made.password, &code).await?.context("no operator")?;
        Ok(())
    };
    place.cut_short(ground, look, work).await
}

/// Records that are made old and brought up to date.
struct Place<'a> {
    wardkey: &'a Wardkey,
    whose: Whose,
    file: PathBuf,
    /// Tables that looking writes to.
    touched: &'a [&'a str],
}

impl Place<'_> {
    /// From each older schema: kills while the first `look` brings it up to date, then lets it finish, and does some `work`.
    async fn cut_short(
        &self,
        ground: &Ground,
        look: impl AsyncFn() -> Result<()>,
        work: impl AsyncFn() -> Result<()>,
    ) -> Result<Findings> {
        let (mut findings, mut chance) = (Findings::default(), Chance::new(34));
        let today = Records::copy(&self.file)?;
        let kills = if ground.long { KILLS_LONG } else { KILLS };
        let (mut before_it, mut after_it) = (0, 0);
        let mut took = Duration::from_millis(50);
        for schema in 1..self.whose.newest() {
            ground.tell(&format!("from schema {schema} of {}", self.whose.newest()));
            let aged = old::aged(&today, self.whose, schema)?;
            old::put(&self.file, &aged)?;
            let rows = self.rows(&aged)?;
            for _ in 0..kills {
                self.wardkey.start_worker()?;
                let millis =
                    1.0 + took.as_secs_f64() * 1_000.0 * BEYOND * chance.below(1_000) as f64 / 1_000.0;
                let killing = async {
                    tokio::time::sleep(Duration::from_secs_f64(millis / 1_000.0)).await;
                    self.wardkey.kill();
                };
                // Whether the look was answered does not matter.
                let _ = tokio::join!(look(), killing);
                let found = self.judge(&mut findings, &aged, &rows)?;
                if found == schema {
                    before_it += 1;
                } else {
                    findings.holds(found == self.whose.newest(), || {
                        format!("from schema {schema}: stands at {found}")
                    });
                    after_it += 1;
                    old::put(&self.file, &aged)?;
                }
            }
            self.wardkey.start_worker()?;
            let started = Instant::now();
            findings.went_well(&format!("a look, from schema {schema}"), look().await);
            took = started.elapsed();
            let found = self.judge(&mut findings, &aged, &rows)?;
            findings
                .holds(found == self.whose.newest(), || format!("from schema {schema}: stays at {found}"));
            findings.went_well(&format!("people, from schema {schema}"), work().await);
            self.wardkey.kill();
        }
        findings.note("older schemas", (self.whose.newest() - 1) as f64);
        findings.note("kills that left the old one, so that all of it ran again", f64::from(before_it));
        findings.note("kills that left the newest one", f64::from(after_it));
        findings.note("milliseconds that the last took with its start", took.as_millis() as f64);
        Ok(findings)
    }

    /// Holds the file to the rows that it had. Gives its schema.
    fn judge(&self, findings: &mut Findings, aged: &[u8], rows: &[String]) -> Result<usize> {
        let records = Records::copy(&self.file)?;
        let whole: String = records.connection().query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        findings.holds(whole == "ok", || format!("the file is damaged: {whole}"));
        let now = self.rows(aged)?;
        let lost = rows.iter().find(|row| now.binary_search(row).is_err());
        findings.holds(lost.is_none(), || format!("lost or changed: {lost:?}"));
        findings.holds(now.len() == rows.len(), || format!("{} rows became {}", rows.len(), now.len()));
        old::schema_of(&records)
    }

    fn rows(&self, aged: &[u8]) -> Result<Vec<String>> {
        let rows = old::rows_of(&Records::copy(&self.file)?, aged)?;
        let is_touched =
            |row: &String| self.touched.iter().any(|table| row.starts_with(&format!("{table}: ")));
        Ok(rows.into_iter().filter(|row| !is_touched(row)).collect())
    }
}

fn file_of_desk(wardkey: &Wardkey) -> Result<PathBuf> {
    let is_desk = |records: &Records| {
        records.tables().is_ok_and(|tables| tables.iter().any(|table| table == "operators"))
    };
    records::file_where(&wardkey.state().join("data"), is_desk)
}

fn now() -> Result<Timestamp> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(Timestamp(i64::try_from(now.as_millis())?))
}
