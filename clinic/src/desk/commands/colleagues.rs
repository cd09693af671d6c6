//! Operators: the deployment's key makes, renews and removes them, and they unlock each other.

use serde::{Deserialize, Serialize};
use wire::{
    ProblemCode,
    fields::{Login, Name},
    ids::OperatorId,
    support::{Desk, DeskAction, RemovedOperator},
};

use super::{overview, require_operator, subject};
use crate::{
    call::{Call, CommandError},
    commands::Command,
    desk::records::{
        log,
        operators::{self, Operator, seal_context},
    },
    records::{sql::SqlError, tallies},
    rules::{roles::Need, totp},
};

/// What an authenticator app calls the desk.
const ISSUER: &str = "Wardkey Support";

/// Makes an operator, or gives the one with this login another password and authenticator, and ends their lock. The reply is
/// the address for the authenticator.
#[derive(Debug, Serialize, Deserialize)]
pub struct MakeOperator {
    /// The name.
    pub name: String,
    /// The login.
    pub login: Login,
    /// The password's hash.
    pub password_hash: String,
}

impl Command for MakeOperator {
    const NAME: &'static str = "make_operator";
    const NEEDS: Need = Need::Nothing;
    type Reply = String;

    fn run(self, call: &mut Call<'_>) -> Result<String, CommandError> {
        let name = Name::parse("name", &self.name)?;
        let known = operators::id_of(call.sql, &self.login)?;
        let id = known.unwrap_or_else(|| OperatorId::from_random(call.random_bytes()));
        let secret: [u8; totp::SECRET_BYTES] = call.random_bytes();
        let sealed_secret = call.keys.seal(call.random_bytes(), &seal_context(&id), &secret);
        let operator = Operator {
            id,
            login: self.login.as_str().to_owned(),
            name: name.as_str().to_owned(),
            password_hash: self.password_hash,
            sealed_secret,
        };
        operators::save(call.sql, &operator)?;
        operators::end_sessions_of(call.sql, &operator.id)?;
        end_lock(call, &operator)?;
        log::note(call, DeskAction::OperatorMade, &operator.name, None)?;
        totp::otpauth_url(&secret, ISSUER, &operator.login)
            .ok_or_else(|| SqlError("an authenticator's address cannot be written".into()).into())
    }
}

/// Removes an operator: their sessions end, and their login is one that nobody has. What they have begun is finished in their name.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemoveOperator {
    /// The login.
    pub login: Login,
}

impl Command for RemoveOperator {
    const NAME: &'static str = "remove_operator";
    const NEEDS: Need = Need::Nothing;
    type Reply = RemovedOperator;

    fn run(self, call: &mut Call<'_>) -> Result<RemovedOperator, CommandError> {
        let Some(operator) = operators::by_login(call.sql, &self.login)? else {
            return Ok(RemovedOperator { name: None });
        };
        operators::remove(call.sql, &operator.id, call.now)?;
        operators::end_sessions_of(call.sql, &operator.id)?;
        log::note(call, DeskAction::OperatorRemoved, &operator.name, None)?;
        Ok(RemovedOperator { name: Some(operator.name) })
    }
}

/// Unlocks a colleague.
#[derive(Debug, Serialize, Deserialize)]
pub struct UnlockOperator {
    /// The colleague.
    pub operator: OperatorId,
}

impl Command for UnlockOperator {
    const NAME: &'static str = "unlock_operator";
    const NEEDS: Need = Need::Session;
    type Reply = Desk;

    fn run(self, call: &mut Call<'_>) -> Result<Desk, CommandError> {
        let actor = require_operator(call)?;
        let colleague = operators::by_id(call.sql, &self.operator)?.ok_or(ProblemCode::NotFound)?;
        if colleague.id == actor.id {
            return Err(ProblemCode::OwnAccount.into());
        }
        // Their own lock would otherwise be undone in a round of two.
        if tallies::get(call.sql, &subject(&actor))?.lock.is_some() {
            return Err(ProblemCode::OperatorLocked.into());
        }
        if !end_lock(call, &colleague)? {
            return Err(ProblemCode::NotLocked.into());
        }
        log::note_colleague(call, DeskAction::OperatorUnlocked, &actor.name, &colleague.name)?;
        overview::desk(call, &actor)
    }
}

/// Ends a lock, and says whether there was one.
fn end_lock(call: &Call<'_>, operator: &Operator) -> Result<bool, SqlError> {
    let subject = subject(operator);
    let before = tallies::get(call.sql, &subject)?;
    let mut after = before.clone();
    after.unlock();
    tallies::save(call.sql, &subject, &before, &after, call.now)?;
    Ok(before.lock.is_some())
}
