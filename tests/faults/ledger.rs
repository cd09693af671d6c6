//! What people were told by a Wardkey, held beside what it has stored: no more may be lost than what nobody was told of.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use anyhow::Result;
use xtask::mailbox::Mailbox;

use crate::{harm::Findings, records::Records};

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// A wrong password.
    Wrong,
    /// A yes to "Is this you?".
    Yes,
    /// A PIN.
    Pin,
    /// An unlock with a right PIN.
    Unlock,
}

impl Deed {
    /// The lines of the log that one of them writes one of.
    fn lines(self) -> &'static [&'static str] {
        match self {
            Deed::Wrong => &["login_failed", "login_failed_locked"],
            Deed::Yes => &["login_succeeded"],
            Deed::Pin => &["pin_sent"],
            Deed::Unlock => &["account_unlocked"],
        }
    }
}

/// How often it was asked for, and how often the answer came.
#[derive(Clone, Copy, Default)]
struct Count {
    asked: i64,
    answered: i64,
}

#[derive(Default)]
struct Book {
    counts: BTreeMap<(Deed, String), Count>,
    /// Ids of people who were added, and how many were asked for.
    added: BTreeSet<String>,
    adds: i64,
    trouble: Vec<String>,
    /// The hashes of the log's lines as they stood when it was looked at last.
    hashes: Vec<String>,
    /// How many locks there were by then.
    locks: usize,
}

/// What was asked and what was answered.
#[derive(Default)]
pub struct Ledger(RefCell<Book>);

impl Ledger {
    /// Somebody asks for something, about an account.
    pub fn asked(&self, deed: Deed, account: &str) {
        self.0.borrow_mut().counts.entry((deed, account.to_owned())).or_default().asked += 1;
    }

    /// The answer that it was done has come.
    pub fn answered(&self, deed: Deed, account: &str) {
        self.0.borrow_mut().counts.entry((deed, account.to_owned())).or_default().answered += 1;
    }

    /// Somebody is to be added.
    pub fn adds(&self) {
        self.0.borrow_mut().adds += 1;
    }

    /// Somebody was added.
    pub fn added(&self, account: &str) {
        self.0.borrow_mut().added.insert(account.to_owned());
    }

    /// Something went otherwise than any fault excuses.
    pub fn trouble(&self, what: String) {
        self.0.borrow_mut().trouble.push(what);
    }

    /// How many answers have come, and how many are missing.
    pub fn totals(&self) -> (i64, i64) {
        let book = self.0.borrow();
        let answered =
            book.counts.values().map(|count| count.answered).sum::<i64>() + book.added.len() as i64;
        let asked = book.counts.values().map(|count| count.asked).sum::<i64>() + book.adds;
        (answered, asked - answered)
    }

    /// How many locks there were when the records were looked at last.
    pub fn locks(&self) -> usize {
        self.0.borrow().locks
    }

    /// Holds the records to what was answered, and to themselves. Gives back how much was done without an answer.
    pub fn judge(&self, records: &Records, owners: i64, findings: &mut Findings) -> Result<i64> {
        let mut book = self.0.borrow_mut();
        for what in std::mem::take(&mut book.trouble) {
            findings.found(what);
        }
        let whole: String = records.connection().query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        findings.holds(whole == "ok", || format!("the file is damaged: {whole}"));
        // The records are a copy, and much is asked of them.
        records.connection().execute_batch(
            "CREATE INDEX asked_lines ON activities (action, user_id); CREATE INDEX asked_mails ON outbox (kind, recipient)",
        )?;
        kept_lines(&mut book, records, findings)?;
        let mut unanswered = 0;
        for ((deed, account), count) in &book.counts {
            let mut lines = 0;
            for action in deed.lines() {
                lines += lines_of(records, action, account)?;
            }
            let Count { asked, answered } = *count;
            unanswered += lines - answered;
            findings.holds((answered..=asked).contains(&lines), || {
                format!("{deed:?} of {account}: {asked} asked, {answered} answered, {lines} in the log")
            });
        }
        for account in &book.added {
            let there = records.number("SELECT count(*) FROM accounts WHERE id = ?1", account)?;
            let lines = lines_of(records, "user_added", account)?;
            findings.holds((there, lines) == (1, 1), || {
                format!("{account} was added: {there} and {lines} lines")
            });
        }
        let added = records.number("SELECT count(*) FROM activities WHERE action = ?1", "user_added")?;
        findings
            .holds(added <= book.adds, || format!("{added} people were added, {} were asked for", book.adds));
        book.locks = no_half_lock(records, owners, findings)?;
        Ok(unanswered + added - book.added.len() as i64)
    }
}

/// The lines that stood there stand there still, and new ones follow.
fn kept_lines(book: &mut Book, records: &Records, findings: &mut Findings) -> Result<()> {
    let hashes = records.rows("SELECT seq, hash FROM activities ORDER BY seq")?;
    let kept = hashes.starts_with(&book.hashes);
    findings.holds(kept, || {
        let changed = book.hashes.iter().zip(&hashes).position(|(before, now)| before != now);
        format!(
            "the log had {} lines and has {}; the first that differs: {changed:?}",
            book.hashes.len(),
            hashes.len()
        )
    });
    let numbered = hashes.iter().zip(1..).all(|(line, number)| line.starts_with(&format!("{number} | ")));
    findings.holds(numbered, || "a number is missing in the log".to_owned());
    book.hashes = hashes;
    Ok(())
}

fn lines_of(records: &Records, action: &str, account: &str) -> Result<i64> {
    let statement = "SELECT count(*) FROM activities WHERE action = ?1 AND user_id = ?2";
    Ok(records.connection().query_row(statement, [action, account], |row| row.get(0))?)
}

/// A lock, its line and its mails are there together, or none of them; so are an unlock's and a PIN's. Gives how many locks there were.
fn no_half_lock(records: &Records, owners: i64, findings: &mut Findings) -> Result<usize> {
    // What is counted, in the records of each account that was ever locked.
    const TOLD: &str = "SELECT id,
        (SELECT count(*) FROM activities WHERE action = 'account_locked' AND user_id = accounts.id) AS locks,
        (SELECT count(*) FROM activities WHERE action = 'account_unlocked' AND user_id = accounts.id) AS unlocks,
        (SELECT count(*) FROM tallies WHERE subject = 'account ' || accounts.id AND locked_since IS NOT NULL) AS locked,
        (SELECT count(*) FROM outbox WHERE kind = '\"account_locked\"' AND recipient = accounts.id) AS told_locked,
        (SELECT count(*) FROM outbox WHERE kind = '\"account_unlocked\"' AND recipient = accounts.id) AS told_unlocked
        FROM accounts";
    let accounts: Vec<(String, [i64; 5])> = records
        .connection()
        .prepare(TOLD)?
        .query_map([], |row| {
            Ok((row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?]))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (account, [locks, unlocks, locked, told_locked, told_unlocked]) in &accounts {
        let whole = locks - unlocks == *locked && locks == told_locked && unlocks == told_unlocked;
        findings.holds(whole, || {
            format!(
                "{account}: {locks} lines of locks, {unlocks} of unlocks, locked now: {locked}, \
                 {told_locked} mails of locks, {told_unlocked} of unlocks"
            )
        });
    }
    let locks: i64 = accounts.iter().map(|(_, counts)| counts[0]).sum();
    let mails =
        |kind: &str| records.number("SELECT count(*) FROM outbox WHERE kind = '\"' || ?1 || '\"'", kind);
    let told = mails("user_account_locked")?;
    findings
        .holds(told == locks * owners, || format!("{locks} locks, {told} mails of them to {owners} owners"));
    let pins = records.number("SELECT count(*) FROM activities WHERE action = ?1", "pin_sent")?;
    let told = mails("user_account_unlock")?;
    findings.holds(told == pins, || format!("{pins} PINs were sent, in {told} mails"));
    let orphans = "SELECT count(*) FROM outbox WHERE (state = 'queued') <> (due_at IS NOT NULL) OR (state = 'queued' AND sealed_mail IS NULL)";
    let orphans: i64 = records.connection().query_row(orphans, [], |row| row.get(0))?;
    findings.holds(orphans == 0, || format!("{orphans} mails wait and cannot leave, or have left and wait"));
    Ok(usize::try_from(locks)?)
}

/// Holds the mailbox to the outbox: every mail that has left is there, once by its key, with the same bytes each time it was sent. Gives
/// back how many wait still.
pub fn judge_mails(records: &Records, mailbox: &Mailbox, findings: &mut Findings) -> Result<usize> {
    let mut bodies = BTreeMap::new();
    for seen in mailbox.seen() {
        let key = seen.header("idempotency-key").to_owned();
        findings.holds((1..=256).contains(&key.len()), || format!("a mail came with the key \"{key}\""));
        let first = bodies.entry(key.clone()).or_insert_with(|| seen.body.clone());
        findings.holds(*first == seen.body, || format!("{key} came with other bytes"));
    }
    let taken = mailbox.keys();
    let once: BTreeSet<&String> = taken.iter().collect();
    findings.holds(once.len() == taken.len(), || format!("{} mails for {} keys", taken.len(), once.len()));
    let sent = records.rows("SELECT idempotency_key FROM outbox WHERE state = 'sent'")?;
    for key in &sent {
        findings.holds(once.contains(key), || format!("{key} is said to have left, and never came"));
    }
    let known: BTreeSet<String> = records.rows("SELECT idempotency_key FROM outbox")?.into_iter().collect();
    for key in once {
        findings.holds(known.contains(key), || format!("{key} came, and no record knows of it"));
    }
    let failed = records.rows("SELECT idempotency_key, why FROM outbox WHERE state = 'failed'")?;
    findings.holds(failed.is_empty(), || format!("given up: {failed:?}"));
    Ok(records.rows("SELECT id FROM outbox WHERE state = 'queued'")?.len())
}
