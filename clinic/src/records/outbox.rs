//! Mails that wait to leave. A mail is written once, at the moment of its cause, so that each try sends the same bytes.

use serde::{Deserialize, Serialize};
use wire::{
    Language, Timestamp,
    ids::{AccountId, MailId},
    mails::{MailKind, MailState, MailTrouble, MailTroubleCode},
};

use super::{
    json,
    sql::{Row, Sql, SqlError, values},
};
use crate::keys::{Keys, NONCE_BYTES};

/// First wait before another try.
pub const BACKOFF_SECONDS: i64 = 2;
/// Longest wait before another try: how late a mail can be once the mail API has recovered.
pub const BACKOFF_SECONDS_MAX: i64 = 60;
/// Longest that the mail API can put a mail off at a time. One that waits for longer was put off by a clock that was ahead.
pub const WAIT_MINUTES_MAX: i64 = 60;
/// How long a mail is tried for: a mail API that is down for three days, a long weekend, loses none.
pub const LIFETIME_DAYS: i64 = 4;
/// How long it is remembered what became of a mail.
pub const REMEMBERED_DAYS: i64 = 30;
/// After how many minutes without a mail leaving the owners are warned.
pub const WARNING_MINUTES: i64 = 5;

/// A mail as it will be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The one recipient. Empty for a mail to nobody, which is only there so that a login without an account costs as much.
    pub to: String,
    /// The language it is written in.
    pub language: Language,
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
}

/// A mail that is queued.
#[derive(Debug)]
pub struct NewMail<'a> {
    /// The name that the list of mails has for it.
    pub id: MailId,
    /// The key that makes every delivery after the first a repetition; at most 256 characters.
    pub idempotency_key: &'a str,
    /// What it is about.
    pub kind: MailKind,
    /// Whom it is for; nobody where there is no such account.
    pub recipient: Option<&'a AccountId>,
    /// Whether it can be sent again when it has failed.
    pub repeatable: bool,
    /// The mail.
    pub mail: &'a Mail,
    /// From when on it is of no use any more.
    pub give_up_at: Timestamp,
}

/// What is remembered of a mail.
#[derive(Debug)]
pub struct Remembered {
    /// The row.
    pub row: i64,
    /// The name that the list has for it.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// Whom it is for.
    pub recipient: AccountId,
    /// When it was written.
    pub created_at: Timestamp,
    /// What became of it.
    pub state: MailState,
    /// Why it did not leave, or not yet.
    pub why: Option<MailTrouble>,
    /// Whether it has failed and is still there to be sent again.
    pub repeatable: bool,
}

/// A mail that is due.
#[derive(Clone, Debug)]
pub struct DueMail {
    /// The row.
    pub id: i64,
    /// The key that makes every delivery after the first a repetition.
    pub idempotency_key: String,
    /// From when on it is of no use any more.
    pub give_up_at: Timestamp,
    /// The mail; `None` when its row can no longer be opened.
    pub mail: Option<Mail>,
}

// A mail may hold a PIN and always holds a name and an address, so it is sealed while it waits and gone once it left.
fn seal_context(idempotency_key: &str) -> String {
    format!("outbox {idempotency_key}")
}

/// Queues a mail, due at once. A mail whose key is there already is not queued again.
pub fn queue(
    sql: &dyn Sql,
    keys: &Keys,
    nonce: [u8; NONCE_BYTES],
    new: &NewMail<'_>,
    now: Timestamp,
) -> Result<(), SqlError> {
    let sealed = sealed(keys, nonce, new.idempotency_key, new.mail)?;
    sql.run(
        "INSERT INTO outbox (idempotency_key, sealed_mail, state, created_at, due_at, give_up_at, public_id, kind, recipient, repeatable)
         VALUES (?1, ?2, 'queued', ?3, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (idempotency_key) DO NOTHING",
        values![
            new.idempotency_key,
            sealed.as_slice(),
            now,
            new.give_up_at,
            new.id.as_str(),
            json::written(&new.kind)?,
            new.recipient.map(AccountId::as_str),
            new.repeatable,
        ],
    )
}

fn sealed(
    keys: &Keys,
    nonce: [u8; NONCE_BYTES],
    idempotency_key: &str,
    mail: &Mail,
) -> Result<Vec<u8>, SqlError> {
    let plain = serde_json::to_vec(mail).map_err(|_| SqlError("a mail cannot be written".into()))?;
    Ok(keys.seal(nonce, &seal_context(idempotency_key), &plain))
}

fn opened(keys: &Keys, idempotency_key: &str, sealed: Option<Vec<u8>>) -> Option<Mail> {
    let plain = keys.open(&seal_context(idempotency_key), &sealed?)?;
    serde_json::from_slice(&plain).ok()
}

/// Takes the mails that are due. Each is put off first, so that a crash while it is sent delays it and does not lose it.
pub fn take_due(sql: &dyn Sql, keys: &Keys, now: Timestamp, limit: u32) -> Result<Vec<DueMail>, SqlError> {
    let statement = "SELECT id, idempotency_key, give_up_at, sealed_mail, sends FROM outbox
                     WHERE due_at <= ?1 OR due_at > ?3 ORDER BY due_at, id LIMIT ?2";
    let mut due = Vec::new();
    for mut row in sql.query(statement, values![now, limit, now.plus_minutes(WAIT_MINUTES_MAX)])? {
        let (id, idempotency_key, give_up_at): (i64, String, Timestamp) =
            (row.take()?, row.take()?, row.take()?);
        let sealed: Option<Vec<u8>> = row.take()?;
        let sends: u32 = row.take()?;
        sql.run(
            "UPDATE outbox SET sends = sends + 1, due_at = ?2 WHERE id = ?1",
            values![id, now.plus_seconds(backoff_seconds(sends))],
        )?;
        let mail = opened(keys, &idempotency_key, sealed);
        due.push(DueMail { id, idempotency_key, give_up_at, mail });
    }
    Ok(due)
}

fn backoff_seconds(sends: u32) -> i64 {
    (BACKOFF_SECONDS << sends.min(8)).min(BACKOFF_SECONDS_MAX)
}

/// A mail that was sent off, as it stands now.
#[derive(Clone, Copy, Debug)]
pub struct SentOff {
    /// The row.
    pub row: i64,
    /// Whether it is not settled yet.
    pub queued: bool,
}

/// The mail of a key.
pub fn of_key(sql: &dyn Sql, idempotency_key: &str) -> Result<Option<SentOff>, SqlError> {
    let statement = "SELECT id, state = 'queued' FROM outbox WHERE idempotency_key = ?1";
    let mut rows = sql.query(statement, values![idempotency_key])?;
    rows.first_mut().map(|row| Ok(SentOff { row: row.take()?, queued: row.take()? })).transpose()
}

/// Notes that a mail was accepted.
pub fn mark_sent(sql: &dyn Sql, id: i64, provider_id: &str, now: Timestamp) -> Result<(), SqlError> {
    sql.run(
        "UPDATE outbox SET state = 'sent', due_at = NULL, sealed_mail = NULL, why = NULL, provider_id = ?2, settled_at = ?3 WHERE id = ?1",
        values![id, provider_id, now],
    )
}

/// Notes that a mail will not leave, and why. What can be sent again is kept, sealed.
pub fn mark_failed(sql: &dyn Sql, id: i64, why: MailTrouble, now: Timestamp) -> Result<(), SqlError> {
    sql.run(
        "UPDATE outbox SET state = 'failed', due_at = NULL, why = ?2, settled_at = ?3,
         sealed_mail = CASE WHEN repeatable AND ?4 THEN sealed_mail END WHERE id = ?1",
        values![id, json::written(&why)?, now, why.code != MailTroubleCode::Unreadable],
    )
}

/// Queues a mail that has failed once more, to the address that its recipient has now.
/// It gets a key of its own, or the mail API would repeat its refusal. Gives back whether it could be done.
pub fn queue_again(
    sql: &dyn Sql,
    keys: &Keys,
    nonce: [u8; NONCE_BYTES],
    row: i64,
    new_key: &str,
    to: &str,
    now: Timestamp,
) -> Result<bool, SqlError> {
    let statement = "SELECT idempotency_key, sealed_mail FROM outbox WHERE id = ?1 AND state = 'failed'";
    let mut rows = sql.query(statement, values![row])?;
    let Some(found) = rows.first_mut() else { return Ok(false) };
    let old_key: String = found.take()?;
    let Some(mail) = opened(keys, &old_key, found.take()?) else { return Ok(false) };
    let sealed = sealed(keys, nonce, new_key, &Mail { to: to.to_owned(), ..mail })?;
    sql.run(
        "UPDATE outbox SET idempotency_key = ?2, sealed_mail = ?3, state = 'queued', due_at = ?4, give_up_at = ?5,
         sends = 0, why = NULL, settled_at = NULL WHERE id = ?1",
        values![row, new_key, sealed.as_slice(), now, now.plus_minutes(LIFETIME_DAYS * 24 * 60)],
    )?;
    Ok(true)
}

/// The mails of the last while, the newest first.
pub fn remembered(sql: &dyn Sql, limit: u32) -> Result<Vec<Remembered>, SqlError> {
    let statement = format!(
        "SELECT {REMEMBERED_COLUMNS} FROM outbox WHERE recipient IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT ?1"
    );
    sql.query(&statement, values![limit])?.iter_mut().map(read_remembered).collect()
}

/// What is remembered of one mail.
pub fn by_id(sql: &dyn Sql, id: &MailId) -> Result<Option<Remembered>, SqlError> {
    let statement =
        format!("SELECT {REMEMBERED_COLUMNS} FROM outbox WHERE public_id = ?1 AND recipient IS NOT NULL");
    sql.query(&statement, values![id.as_str()])?.first_mut().map(read_remembered).transpose()
}

const REMEMBERED_COLUMNS: &str = "id, public_id, kind, recipient, created_at, state = 'queued', why, state = 'failed' AND sealed_mail IS NOT NULL";

fn read_remembered(row: &mut Row) -> Result<Remembered, SqlError> {
    let fault = |_| SqlError("what is remembered of a mail cannot be read".into());
    let (number, id, kind): (i64, String, String) = (row.take()?, row.take()?, row.take()?);
    let (recipient, created_at): (String, Timestamp) = (row.take()?, row.take()?);
    let (queued, why): (bool, Option<String>) = (row.take()?, row.take()?);
    Ok(Remembered {
        row: number,
        id: MailId::from_stored(id),
        kind: serde_json::from_str(&kind).map_err(fault)?,
        recipient: AccountId::from_stored(recipient),
        created_at,
        state: match (queued, &why) {
            (true, _) => MailState::Queued,
            (false, Some(_)) => MailState::Failed,
            (false, None) => MailState::Sent,
        },
        why: why.map(|why| serde_json::from_str(&why)).transpose().map_err(fault)?,
        repeatable: row.take()?,
    })
}

/// Forgets what became of the mails of long ago.
pub fn forget_old(sql: &dyn Sql, now: Timestamp) -> Result<(), SqlError> {
    let before = now.plus_minutes(-REMEMBERED_DAYS * 24 * 60);
    sql.run("DELETE FROM outbox WHERE due_at IS NULL AND created_at < ?1", values![before])
}

/// Notes that a mail was of no use any more before it could leave, and lets the trouble stand that kept it.
pub fn mark_given_up(sql: &dyn Sql, id: i64, now: Timestamp) -> Result<(), SqlError> {
    let before = sql.query("SELECT why FROM outbox WHERE id = ?1", values![id])?.pop();
    let before: Option<String> = before.map_or(Ok(None), |mut row| row.take())?;
    let before = before.and_then(|why| serde_json::from_str(&why).ok());
    mark_failed(sql, id, before.unwrap_or(MailTroubleCode::TooLate.into()), now)
}

/// Notes that no mail is stuck: the mail API took one or refused it for good, or none waits any more.
pub fn note_flowing(sql: &dyn Sql) -> Result<(), SqlError> {
    sql.run("UPDATE mail_health SET failing_since = NULL, warned = 0", &[])
}

/// Notes that it took none. Gives back whether the owners are to be warned now.
pub fn note_failing(sql: &dyn Sql, now: Timestamp) -> Result<bool, SqlError> {
    let (since, warned) = health(sql)?;
    let since = since.unwrap_or(now);
    let warn = !warned && since.plus_minutes(WARNING_MINUTES) <= now;
    sql.run("UPDATE mail_health SET failing_since = ?1, warned = ?2", values![since, warned || warn])?;
    Ok(warn)
}

/// Since when no mail has left, once that is worth a warning.
pub fn stuck_since(sql: &dyn Sql, now: Timestamp) -> Result<Option<Timestamp>, SqlError> {
    let (since, _) = health(sql)?;
    Ok(since.filter(|since| since.plus_minutes(WARNING_MINUTES) <= now))
}

fn health(sql: &dyn Sql) -> Result<(Option<Timestamp>, bool), SqlError> {
    let mut rows = sql.query("SELECT failing_since, warned FROM mail_health", &[])?;
    rows.first_mut().map_or(Ok((None, false)), |row| Ok((row.take()?, row.take()?)))
}

/// Forgets a mail.
pub fn forget(sql: &dyn Sql, id: i64) -> Result<(), SqlError> {
    sql.run("DELETE FROM outbox WHERE id = ?1", values![id])
}

/// Notes why a mail did not leave yet, and puts it off further when the mail API asked for that, as long as the mail is of
/// use. Gives back whether that is another reason than before.
pub fn mark_delayed(
    sql: &dyn Sql,
    id: i64,
    why: MailTrouble,
    not_before: Option<Timestamp>,
) -> Result<bool, SqlError> {
    let why = json::written(&why)?;
    let same = sql.query("SELECT 1 FROM outbox WHERE id = ?1 AND why = ?2", values![id, why.as_str()])?;
    sql.run(
        "UPDATE outbox SET why = ?2, due_at = MIN(MAX(due_at, ?3), give_up_at) WHERE id = ?1 AND due_at IS NOT NULL",
        values![id, why, not_before.unwrap_or_default()],
    )?;
    Ok(same.is_empty())
}

/// When the next mail is due.
pub fn next_due(sql: &dyn Sql, now: Timestamp) -> Result<Option<Timestamp>, SqlError> {
    let statement =
        "SELECT MIN(CASE WHEN due_at > ?2 THEN ?1 ELSE due_at END) FROM outbox WHERE due_at IS NOT NULL";
    let mut rows = sql.query(statement, values![now, now.plus_minutes(WAIT_MINUTES_MAX)])?;
    rows.first_mut().map_or(Ok(None), |row| row.take())
}

/// Since when the mail that has waited the longest waits. One that was sent again waits since then.
pub fn waits_since(sql: &dyn Sql) -> Result<Option<Timestamp>, SqlError> {
    let statement = "SELECT MIN(MAX(created_at, give_up_at - ?1)) FROM outbox WHERE due_at IS NOT NULL";
    let lifetime_millis = LIFETIME_DAYS * 24 * 60 * 60 * 1000;
    let mut rows = sql.query(statement, values![lifetime_millis])?;
    rows.first_mut().map_or(Ok(None), |row| row.take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_minute() {
        let waits: Vec<_> = (0..8).map(backoff_seconds).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff_seconds(u32::MAX), 60);
    }
}
