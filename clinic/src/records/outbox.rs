//! Mails that wait to leave. A mail is written once, at the moment of its cause, so that each try sends the same bytes.

use serde::{Deserialize, Serialize};
use wire::{Language, Timestamp};

use super::sql::{Sql, SqlError, values};
use crate::keys::{Keys, NONCE_BYTES};

/// First wait before another try.
pub const BACKOFF_SECONDS: i64 = 2;
/// Longest wait before another try: how late a mail can be once the mail API has recovered.
pub const BACKOFF_SECONDS_MAX: i64 = 60;
/// How long a mail is tried for.
pub const LIFETIME_DAYS: i64 = 3;

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

/// Queues a mail, due at once and of use until `give_up_at`. A mail whose key is there already is not queued again.
pub fn queue(
    sql: &dyn Sql,
    keys: &Keys,
    nonce: [u8; NONCE_BYTES],
    idempotency_key: &str,
    mail: &Mail,
    now: Timestamp,
    give_up_at: Timestamp,
) -> Result<(), SqlError> {
    let plain = serde_json::to_vec(mail).map_err(|_| SqlError("a mail cannot be written".into()))?;
    let sealed = keys.seal(nonce, &seal_context(idempotency_key), &plain);
    sql.run(
        "INSERT INTO outbox (idempotency_key, sealed_mail, state, created_at, due_at, give_up_at)
         VALUES (?1, ?2, 'queued', ?3, ?3, ?4) ON CONFLICT (idempotency_key) DO NOTHING",
        values![idempotency_key, sealed.as_slice(), now, give_up_at],
    )
}

/// Takes the mails that are due. Each is put off first, so that a crash while it is sent delays it and does not lose it.
pub fn take_due(sql: &dyn Sql, keys: &Keys, now: Timestamp, limit: u32) -> Result<Vec<DueMail>, SqlError> {
    let statement = "SELECT id, idempotency_key, give_up_at, sealed_mail, sends FROM outbox
                     WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2";
    let mut due = Vec::new();
    for mut row in sql.query(statement, values![now, limit])? {
        let (id, idempotency_key, give_up_at): (i64, String, Timestamp) =
            (row.take()?, row.take()?, row.take()?);
        let sealed: Option<Vec<u8>> = row.take()?;
        let sends: u32 = row.take()?;
        sql.run(
            "UPDATE outbox SET sends = sends + 1, due_at = ?2 WHERE id = ?1",
            values![id, now.plus_seconds(backoff_seconds(sends))],
        )?;
        let mail = sealed
            .and_then(|sealed| keys.open(&seal_context(&idempotency_key), &sealed))
            .and_then(|plain| serde_json::from_slice(&plain).ok());
        due.push(DueMail { id, idempotency_key, give_up_at, mail });
    }
    Ok(due)
}

fn backoff_seconds(sends: u32) -> i64 {
    (BACKOFF_SECONDS << sends.min(8)).min(BACKOFF_SECONDS_MAX)
}

/// Notes that a mail was accepted.
pub fn mark_sent(sql: &dyn Sql, id: i64, provider_id: &str) -> Result<(), SqlError> {
    sql.run(
        "UPDATE outbox SET state = 'sent', due_at = NULL, sealed_mail = NULL, why = NULL, provider_id = ?2 WHERE id = ?1",
        values![id, provider_id],
    )
}

/// Notes that a mail will never leave, and why.
pub fn mark_failed(sql: &dyn Sql, id: i64, why: &str) -> Result<(), SqlError> {
    sql.run(
        "UPDATE outbox SET state = 'failed', due_at = NULL, sealed_mail = NULL, why = ?2 WHERE id = ?1",
        values![id, why],
    )
}

/// Forgets a mail.
pub fn forget(sql: &dyn Sql, id: i64) -> Result<(), SqlError> {
    sql.run("DELETE FROM outbox WHERE id = ?1", values![id])
}

/// Notes why a mail did not leave yet, and puts it off further when the mail API asked for that.
pub fn mark_delayed(
    sql: &dyn Sql,
    id: i64,
    why: &str,
    not_before: Option<Timestamp>,
) -> Result<(), SqlError> {
    sql.run(
        "UPDATE outbox SET why = ?2, due_at = MAX(due_at, ?3) WHERE id = ?1 AND due_at IS NOT NULL",
        values![id, why, not_before.unwrap_or_default()],
    )
}

/// When the next mail is due.
pub fn next_due(sql: &dyn Sql) -> Result<Option<Timestamp>, SqlError> {
    let mut rows = sql.query("SELECT MIN(due_at) FROM outbox WHERE due_at IS NOT NULL", &[])?;
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
