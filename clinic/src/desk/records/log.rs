//! The desk's log: append-only, each line with a hash over the one before it, as in a clinic. What any stranger can have written
//! into it is summed up.

use wire::{
    Timestamp,
    support::{CaseTold, DeskAction, DeskLine, SupportCase},
};

use super::operators::Operator;
use crate::{
    call::Call,
    records::{
        activities::next_link,
        sql::{Row, SqlError, values},
    },
    rules::{
        activity_chain,
        support::{DESK_LINES_MAX, NOISE_MINUTES},
    },
};

/// What a line says of a case.
pub fn told(case: &SupportCase, why: &str) -> CaseTold {
    let SupportCase { id, clinic, manager, account, .. } = case.clone();
    CaseTold { id, clinic, manager, account, why: why.to_owned() }
}

/// What a line says, but for its place, its moment and the address.
struct NewLine<'a> {
    action: DeskAction,
    operator: &'a str,
    colleague: Option<&'a str>,
    case: Option<CaseTold>,
    tries: Option<u32>,
}

impl<'a> NewLine<'a> {
    fn of(action: DeskAction, operator: &'a str) -> Self {
        NewLine { action, operator, colleague: None, case: None, tries: None }
    }
}

/// Adds a line.
pub fn note(
    call: &Call<'_>,
    action: DeskAction,
    operator: &str,
    case: Option<CaseTold>,
) -> Result<(), SqlError> {
    append(call, NewLine { case, ..NewLine::of(action, operator) })
}

/// Adds a line about a colleague.
pub fn note_colleague(
    call: &Call<'_>,
    action: DeskAction,
    operator: &str,
    colleague: &str,
) -> Result<(), SqlError> {
    append(call, NewLine { colleague: Some(colleague), ..NewLine::of(action, operator) })
}

/// Adds a line about tries that cost a stranger nothing: at a login that nobody has, or that is locked. There is one in
/// [`NOISE_MINUTES`] for each operator, and one for everybody else; it says how many tries there were since the line before.
pub fn note_noise(call: &Call<'_>, action: DeskAction, operator: Option<&Operator>) -> Result<(), SqlError> {
    let subject = operator.map(|operator| operator.id.as_str()).unwrap_or_default();
    let noise = "SELECT noted_at, unnoted FROM noise WHERE subject = ?1";
    let unnoted = match call.sql.query(noise, values![subject])?.pop() {
        Some(mut row) => {
            let (noted_at, unnoted): (Timestamp, u32) = (row.take()?, row.take()?);
            if call.now < noted_at.plus_minutes(NOISE_MINUTES) {
                let count = "UPDATE noise SET unnoted = ?2 WHERE subject = ?1";
                return call.sql.run(count, values![subject, unnoted.saturating_add(1)]);
            }
            unnoted
        }
        None => 0,
    };
    call.sql.run(
        "INSERT OR REPLACE INTO noise (subject, noted_at, unnoted) VALUES (?1, ?2, 0)",
        values![subject, call.now],
    )?;
    let name = operator.map(|operator| operator.name.as_str()).unwrap_or_default();
    append(call, NewLine { tries: Some(unnoted.saturating_add(1)), ..NewLine::of(action, name) })
}

fn append(call: &Call<'_>, new: NewLine<'_>) -> Result<(), SqlError> {
    let (seq, before) = next_link(call.sql, "desk_log")?;
    let NewLine { action, operator, colleague, case, tries } = new;
    let line = DeskLine {
        seq,
        at: call.now,
        action,
        operator: operator.to_owned(),
        address: call.caller.address.clone(),
        colleague: colleague.map(str::to_owned),
        case,
        tries,
    };
    let fault = |_| SqlError("a line cannot be written".into());
    let hash = activity_chain::hash_json(&before, &line).map_err(fault)?;
    let json = serde_json::to_string(&line).map_err(fault)?;
    call.sql.run(
        "INSERT INTO desk_log (seq, line, hash) VALUES (?1, ?2, ?3)",
        values![seq, json, hash.as_slice()],
    )
}

/// A page of lines, newest first: those before a line, or the latest.
pub fn page(call: &Call<'_>, before: Option<i64>) -> Result<Vec<DeskLine>, SqlError> {
    let statement = "SELECT line FROM desk_log WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
    let before = before.unwrap_or(SEQ_MAX).clamp(0, SEQ_MAX);
    let rows = call.sql.query(statement, values![before, DESK_LINES_MAX])?;
    rows.into_iter().map(read).collect()
}

/// No line has a higher number: the platform takes integers below 2^53 alone.
const SEQ_MAX: i64 = (1 << 53) - 1;

fn read(mut row: Row) -> Result<DeskLine, SqlError> {
    serde_json::from_str(&row.take::<String>()?).map_err(|_| SqlError("a stored line cannot be read".into()))
}
