//! Anybody verifies a file on the narrowest of screens, with no step taken there and no connection: what is ours, what is only
//! consistent, and what is bad.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clinic::keys::Keys;
use tempfile::TempDir;
use wardkey_tests::{Chrome, Screen, Session, Wardkey};
use wire::{
    checkpoint::Gone,
    log_end::End,
    log_file::{BEGINNING, LineHash, hash, write_line},
    signed::LogKey,
};

const KEY: &str = "Key that must have signed it";
/// Bytes of a line that keeps the page busy.
const LONG_LINE_BYTES: usize = 900_000;
/// How long another file's verdict is waited for that must not come.
const QUIET: Duration = Duration::from_secs(2);

/// Somebody at the page, with a folder of files.
struct Auditor<'a> {
    at: Session<'a>,
    folder: TempDir,
}

#[tokio::test]
async fn anybody_verifies_a_file_without_a_connection() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let secret = wardkey.settings().secret_key_bytes()?.try_into().ok().context("a short key")?;
    let (ours, theirs) = (Keys::derive(&secret), Keys::derive(&[9; 32]));
    let at = Chrome::shared().await?.open(Screen::Narrow).await?;
    at.go(&format!("{}/verify", wardkey.origin())).await?;
    let auditor = Auditor { at, folder: TempDir::with_prefix("wardkey-verify-")? };
    let at = &auditor.at;
    at.heading("Verify a file").await?;
    at.holds(KEY, &key(&ours)?.to_string()).await?;
    at.is_sound().await?;
    at.network(false).await?;

    let whole = file(&ours, 0, 9, 10)?;
    auditor
        .hears_of(
            "whole.jsonl",
            &whole,
            "whole.jsonl is whole, and signed with this key. 9 lines of the clinic",
        )
        .await?;
    auditor
        .hears_of("trimmed.jsonl", &file(&ours, 4, 9, 10)?, "Lines 1 to 4 of the log were removed")
        .await?;
    let changed = whole.replacen("Reception 3", "Reception 4", 1);
    auditor.hears_of("changed.jsonl", &changed, "Line 3 of changed.jsonl is bad. It, its hash").await?;
    let cut: String = whole
        .lines()
        .enumerate()
        .filter(|(place, _)| *place != 8)
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    auditor.hears_of("cut.jsonl", &cut, "Line 9 of cut.jsonl is bad. The end of the file").await?;

    // What fits together is called whole by no key, by half a key, or by another one than it is signed with.
    let foreign = file(&theirs, 4, 9, 10)?;
    auditor
        .hears_of("foreign.jsonl", &foreign, "Line 1 of foreign.jsonl is bad. It is signed with another")
        .await?;
    at.type_into(KEY, "").await?;
    at.hears("The lines of foreign.jsonl fit together, but nothing is proven").await?;
    at.sees(&key(&theirs)?.to_string()).await?;
    at.is_sound().await?;
    at.type_into(KEY, "00").await?;
    at.hears("This is no key.").await?;
    ensure!(!at.text().await?.contains("is whole"), "half a key proves something");
    at.is_sound().await?;
    at.type_into(KEY, &key(&theirs)?.to_string()).await?;
    at.hears("foreign.jsonl is whole, and signed with this key.").await?;
    at.is_sound().await?;
    auditor.at.close().await
}

#[tokio::test]
async fn of_two_files_at_once_the_last_one_is_told_of() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let at = Chrome::shared().await?.open(Screen::Computer).await?;
    at.go(&format!("{}/verify", wardkey.origin())).await?;
    let auditor = Auditor { at, folder: TempDir::with_prefix("wardkey-verify-")? };
    let at = &auditor.at;
    at.heading("Verify a file").await?;
    let keys = Keys::derive(&[9; 32]);
    at.type_into(KEY, &key(&keys)?.to_string()).await?;
    auditor.drop("long.jsonl", &file(&keys, 0, 60, LONG_LINE_BYTES)?).await?;
    at.sees("Verifying long.jsonl").await?;
    auditor.drop("short.jsonl", &file(&keys, 0, 9, 10)?).await?;
    at.sees("short.jsonl is whole").await?;
    let until = Instant::now() + QUIET;
    while Instant::now() < until {
        let text = at.text().await?;
        ensure!(!text.contains("long.jsonl") && text.contains("short.jsonl is whole"), "{text}");
    }
    auditor.at.close().await
}

impl Auditor<'_> {
    async fn drop(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.path().join(name);
        fs::write(&path, text)?;
        let field = self.at.field("Exported log").await?;
        Ok(field.send_keys(path.to_str().context("a strange folder")?).await?)
    }

    async fn hears_of(&self, name: &str, text: &str, verdict: &str) -> Result<()> {
        self.drop(name, text).await?;
        self.at.hears(verdict).await?;
        self.at.is_sound().await
    }
}

fn key(keys: &Keys) -> Result<LogKey> {
    keys.log_key().context("it has no key")
}

/// A log up to a line, of which the first ones went, with lines of so many bytes and more.
fn file(keys: &Keys, gone: u64, last: u64, bytes: usize) -> Result<String> {
    let clinic = keys.clinic_code([1, 2, 3, 4, 5, 6], None);
    let mut before: LineHash = if gone == 0 { BEGINNING } else { [7; 32] };
    let mut file = String::new();
    if gone > 0 {
        let gone = Gone { clinic: clinic.clone(), seq: gone, hash: before, at: 1_000 };
        file.push_str(&keys.sign(gone).context("no checkpoint")?.write());
    }
    for seq in gone + 1..=last {
        let json = format!(r#"{{"seq":{seq},"computer":"Reception {seq}","more":"{}"}}"#, "x".repeat(bytes));
        let hash = hash(&before, json.as_bytes());
        file.push_str(&write_line(&before, &hash, &json));
        before = hash;
    }
    let end = End { clinic, whole: true, lines: last - gone, seq: last, hash: before, at: 1_795_286_400_000 };
    file.push_str(&keys.sign(end).context("no end")?.write());
    Ok(file)
}
