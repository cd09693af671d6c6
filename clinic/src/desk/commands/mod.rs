//! What can be asked of the desk, one file a use case.

pub mod cases;
pub mod colleagues;
pub mod help;
pub mod overview;
pub mod sign_in;

use wire::{ProblemCode, ids::AccountId};

use super::records::operators::{self, Operator};
use crate::{
    call::{Call, CommandError},
    records::tallies::Subject,
    rules::support::DESK_SESSION_UNUSED_MINUTES,
};

/// The operator who calls, or the refusal that sends them to sign in.
pub(super) fn require_operator(call: &Call<'_>) -> Result<Operator, CommandError> {
    let required = || CommandError::from(ProblemCode::OperatorRequired);
    let token = call.caller.session.as_ref().ok_or_else(required)?;
    let digest = call.token_digest(token);
    let used_since = call.now.plus_minutes(-DESK_SESSION_UNUSED_MINUTES);
    let id = operators::session(call.sql, &digest, call.now, used_since)?.ok_or_else(required)?;
    operators::note_use(call.sql, &digest, call.now)?;
    operators::by_id(call.sql, &id)?.ok_or_else(required)
}

/// Whose tries are counted. The tables of the tries are the clinics', in which an operator's id stands for an account's.
fn subject(operator: &Operator) -> Subject {
    Subject::Account(AccountId::from_stored(operator.id.to_string()))
}
