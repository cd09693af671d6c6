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
        match call.require_session() {
            Ok(signed_in) => {
                let user = seat::in_log(&settings::get(call.sql)?, &signed_in.account);
                call.log(Action::SignedOut, user.clone(), user, &signed_in.computer)?;
            }
            // Nobody was signed in: there is nothing to note, and signing out is no error.
            Err(CommandError::Refused(_)) => {}
            Err(fault) => return Err(fault),
        }
        call.leave()?;
        sessions::forget_expired(call.sql, call.now)?;
        call.sign_in_state()
    }
}
