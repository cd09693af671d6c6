//! What calls were answered, so that one that is delivered twice is done once.

use wire::Timestamp;

use super::{
    schema::Migration,
    sql::{Sql, SqlError, values},
};
use crate::{
    call::CallKey,
    keys::{Keys, NONCE_BYTES, Purpose},
};

/// How long an answer is kept: a call is repeated within a second, or not at all.
pub const KEPT_MINUTES: i64 = 10;

/// The answers, in the clinics' objects and the desk's alike.
pub(crate) const CALLS: Migration = &[
    "CREATE TABLE calls (digest BLOB PRIMARY KEY, answered_at INTEGER NOT NULL, sealed_reply BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX calls_by_time ON calls (answered_at)",
];

fn digest(keys: &Keys, key: &CallKey) -> Vec<u8> {
    keys.digest(Purpose::Call, "", key.as_str())
}

/// What a call was answered, if it was.
pub fn answered(sql: &dyn Sql, keys: &Keys, key: &CallKey) -> Result<Option<String>, SqlError> {
    let statement = "SELECT sealed_reply FROM calls WHERE digest = ?1";
    let mut rows = sql.query(statement, values![digest(keys, key).as_slice()])?;
    let Some(row) = rows.first_mut() else { return Ok(None) };
    let sealed: Vec<u8> = row.take()?;
    let reply = keys.open(key.as_str(), &sealed).and_then(|plain| String::from_utf8(plain).ok());
    reply.map(Some).ok_or_else(|| SqlError("an answer cannot be opened".into()))
}

/// Keeps what a call is answered, and forgets the answers that nobody asks for any more. A reply may hold a token, so it is sealed.
pub fn keep(
    sql: &dyn Sql,
    keys: &Keys,
    nonce: [u8; NONCE_BYTES],
    key: &CallKey,
    reply: &str,
    now: Timestamp,
) -> Result<(), SqlError> {
    sql.run("DELETE FROM calls WHERE answered_at < ?1", values![now.plus_minutes(-KEPT_MINUTES)])?;
    let sealed = keys.seal(nonce, key.as_str(), reply.as_bytes());
    sql.run(
        "INSERT INTO calls (digest, answered_at, sealed_reply) VALUES (?1, ?2, ?3)",
        values![digest(keys, key).as_slice(), now, sealed.as_slice()],
    )
}
