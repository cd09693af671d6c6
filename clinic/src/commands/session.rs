//! Which step a browser has reached, and the end of a session.

use serde::{Deserialize, Serialize};
use wire::{activities::Action, sign_in::SignInState};

use super::{Command, seat};
use crate::{
    call::{Call, CommandError},
    records::{sessions, settings},
};

/// Asks which step the caller has reached.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadSignIn {}

impl Command for ReadSignIn {
    const NAME: &'static str = "read_sign_in";
    type Reply = SignInState;

    fn run(self, call: &mut Call<'_>) -> Result<SignInState, CommandError> {
        call.sign_in_state()
    }
}

/// Ends the session, and forgets an open question. Computer and profile stay authorized.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignOut {}

impl Command for SignOut {
    const NAME: &'static str = "sign_out";
    type Reply = SignInState;

    fn run(self, call: &mut Call<'_>) -> Result<SignInState, CommandError> {
        if let Ok(signed_in) = call.require_session() {
            let settings = settings::get(call.sql)?;
            let user = seat::in_log(&settings, &signed_in.account);
            call.log(Action::SignedOut, user.clone(), user, &signed_in.computer)?;
        }
        if let Some(token) = &call.caller.session {
            sessions::end(call.sql, &call.token_digest(token))?;
        }
        if let Some(token) = &call.caller.question {
            sessions::close_question(call.sql, &call.token_digest(token))?;
        }
        sessions::forget_expired(call.sql, call.now)?;
        call.sign_in_state()
    }
}
