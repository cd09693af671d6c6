//! What the clinic's object keeps, seen in its file on the disk: all of a change or nothing of it, and no secret in clear.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail, ensure};
use rusqlite::Connection;
use walkdir::WalkDir;
use wardkey_tests::{Clinic, Wardkey, authenticator, clinic};
use wire::{
    ProblemCode,
    sign_in::{GetLock, LockQuery},
    users::{PinRequest, SendPin},
};

use crate::acts::{self, STRIKES};

/// Breaks the lock in its middle: the strike, the lock, its activities and one mail are written when the next mail throws.
const BREAK: &str = "CREATE TRIGGER broken BEFORE INSERT ON outbox WHEN (SELECT count(*) FROM outbox) >= 1
    BEGIN SELECT RAISE(ABORT, 'broken'); END";
const MEND: &str = "DROP TRIGGER broken";

/// What a lock leaves in the records.
#[derive(Debug, PartialEq, Eq)]
struct Traces {
    activities: i64,
    wrong_tries: i64,
    locks: i64,
    mails: i64,
}

#[tokio::test]
async fn a_lock_that_breaks_in_its_middle_leaves_nothing() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let client = clinic.at("Reception 1").await?;
    for _ in 0..STRIKES - 1 {
        ensure!(client.try_password("hughes", "wrong").await?.is_err());
    }
    let before = wardkey.while_killed(|state| {
        let records = open(state, &clinic)?;
        records.execute_batch(BREAK)?;
        traces(&records)
    })?;
    ensure!(before.wrong_tries == 4 && before.locks == 0 && before.mails == 0, "{before:?}");

    let client = client.twin()?;
    let Err(refusal) = client.try_password("hughes", "wrong").await? else { bail!("let in") };
    acts::expect(&refusal, 500, ProblemCode::Internal)?;
    ensure!(wardkey.log().contains("broken"), "the operator is told:\n{}", wardkey.log());
    ensure!(!client.call::<GetLock>(&LockQuery { login: "hughes".into() }).await?.locked);

    let after = wardkey.while_killed(|state| {
        let records = open(state, &clinic)?;
        records.execute_batch(MEND)?;
        traces(&records)
    })?;
    ensure!(after == before, "{before:?} became {after:?}");
    Ok(())
}

fn traces(records: &Connection) -> Result<Traces> {
    let count = |query: &str| records.query_row(query, [], |row| row.get::<_, i64>(0));
    Ok(Traces {
        activities: count("SELECT count(*) FROM activities")?,
        wrong_tries: count("SELECT count(*) FROM tries WHERE wrong = 1")?,
        locks: count("SELECT count(*) FROM tallies WHERE locked_since IS NOT NULL")?,
        mails: count("SELECT count(*) FROM outbox")?,
    })
}

#[tokio::test]
async fn no_secret_is_stored_in_clear() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let whitfield = clinic.user("whitfield")?;
    let owner = clinic.signed_in("Owner's phone", whitfield).await?;
    let id = acts::account(&owner, "hughes").await?;
    owner.call::<SendPin>(&PinRequest { id }).await?;
    let pin = clinic::pin(&clinic.mail(&whitfield.email, "User Account Unlock").await?)?;

    let mut secrets = vec![("a PIN's mail", format!("    {pin}").into_bytes())];
    for profile in &clinic.opened.profiles {
        let secret = authenticator::secret(&profile.otpauth_url)?;
        secrets.push(("a TOTP secret", bytes_of_base32(&secret)));
        secrets.push(("a TOTP secret in Base 32", secret.into_bytes()));
    }
    secrets.extend(
        clinic
            .opened
            .computers
            .iter()
            .map(|one| ("a computer's password", one.password.clone().into_bytes())),
    );
    secrets.extend(
        clinic.opened.users.iter().map(|one| ("a user's password", one.password.clone().into_bytes())),
    );
    for token in owner.cookies().into_values() {
        let token = token.rsplit('.').next().unwrap_or_default().to_owned();
        secrets.push(("a token", token.into_bytes()));
    }
    wardkey.while_killed(|state| {
        for file in files(state) {
            let bytes = fs::read(&file)?;
            for (what, secret) in &secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret);
                ensure!(!found, "{what} is in {}", file.display());
            }
        }
        Ok(())
    })
}

fn bytes_of_base32(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|symbol| match symbol {
        b'A'..=b'Z' => Some(symbol - b'A'),
        b'2'..=b'7' => Some(symbol - b'2' + 26),
        _ => None,
    });
    let bits: Vec<u8> = digits.flat_map(|digit| (0..5).rev().map(move |place| digit >> place & 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | bit)).collect()
}

/// The records of a clinic.
fn open(state: &Path, clinic: &Clinic<'_>) -> Result<Connection> {
    for file in files(state).filter(|file| file.extension().is_some_and(|extension| extension == "sqlite")) {
        let records = Connection::open(&file)?;
        let code = records.query_row("SELECT code FROM settings", [], |row| row.get::<_, String>(0));
        if code.is_ok_and(|code| code == clinic.opened.code) {
            return Ok(records);
        }
    }
    bail!("the clinic has no file")
}

/// Every file of the objects' storage.
fn files(state: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = WalkDir::new(state.join("data")).into_iter().filter_map(|entry| entry.ok());
    entries.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path())
}
