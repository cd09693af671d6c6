//! The desk's log: append-only, each line with a hash over the one before it, as in a clinic.

use wire::support::{CaseTold, DeskAction, DeskLine, SupportCase};

use crate::{
    call::Call,
    records::sql::{SqlError, values},
    rules::{activity_chain, support::DESK_LINES_MAX},
};

/// What a line says of a case.
pub fn told(case: &SupportCase, why: &str) -> CaseTold {
    let SupportCase { id, clinic, manager, account, .. } = case.clone();
    CaseTold { id, clinic, manager, account, why: why.to_owned() }
}

/// Adds a line.
pub fn note(
    call: &Call<'_>,
    action: DeskAction,
    operator: &str,
    case: Option<CaseTold>,
) -> Result<(), SqlError> {
    append(call, action, operator, None, case)
}

/// Adds a line about a colleague.
pub fn note_colleague(
    call: &Call<'_>,
    action: DeskAction,
    operator: &str,
    colleague: &str,
) -> Result<(), SqlError> {
    append(call, action, operator, Some(colleague.to_owned()), None)
}

fn append(
    call: &Call<'_>,
    action: DeskAction,
    operator: &str,
    colleague: Option<String>,
    case: Option<CaseTold>,
) -> Result<(), SqlError> {
    let newest = call.sql.query("SELECT seq, hash FROM desk_log ORDER BY seq DESC LIMIT 1", &[])?.pop();
    let (seq, before): (i64, Vec<u8>) = match newest {
        Some(mut row) => (row.take::<i64>()? + 1, row.take()?),
        None => (1, activity_chain::BEGINNING.to_vec()),
    };
    let address = call.caller.address.clone();
    let operator = operator.to_owned();
    let line = DeskLine { seq, at: call.now, action, operator, address, colleague, case };
    let fault = |_| SqlError("a line cannot be written".into());
    let hash = activity_chain::hash_json(&before, &line).map_err(fault)?;
    let json = serde_json::to_string(&line).map_err(fault)?;
    call.sql.run(
        "INSERT INTO desk_log (seq, line, hash) VALUES (?1, ?2, ?3)",
        values![seq, json, hash.as_slice()],
    )
}

/// The latest lines, newest first.
pub fn latest(call: &Call<'_>) -> Result<Vec<DeskLine>, SqlError> {
    let statement = "SELECT line FROM desk_log ORDER BY seq DESC LIMIT ?1";
    let rows = call.sql.query(statement, values![DESK_LINES_MAX])?;
    rows.into_iter()
        .map(|mut row| {
            serde_json::from_str(&row.take::<String>()?)
                .map_err(|_| SqlError("a stored line cannot be read".into()))
        })
        .collect()
}
