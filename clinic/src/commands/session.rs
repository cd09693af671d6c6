//! Which step a browser has reached, and the ways back.

use serde::{Deserialize, Serialize};
use wire::{
    Empty,
    activities::{Action, Subject},
    rights::{Module, Right},
    sign_in::SignInState,
};

use super::{Command, seat};
use crate::{
    call::{Call, CommandError},
    records::sessions,
    rules::roles::Need,
};

/// Asks which step the caller has reached.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadSignIn {}

impl Command for ReadSignIn {
    const NAME: &'static str = "read_sign_in";
    const NEEDS: Need = Need::Nothing;
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
    const NEEDS: Need = Need::Nothing;
    type Reply = SignInState;

    fn run(self, call: &mut Call<'_>) -> Result<SignInState, CommandError> {
        match call.require_session() {
            Ok(signed_in) => {
                let user = seat::in_log(&call.settings()?, &signed_in.account);
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

/// Notes that somebody uses the session. What a screen asks by itself is no use of it, so that its page says when one is.
#[derive(Debug, Serialize, Deserialize)]
pub struct UseSession {}

impl Command for UseSession {
    const NAME: &'static str = "use_session";
    const NEEDS: Need = Need::Session;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        call.require_session()?;
        if let Some(token) = &call.caller.session {
            sessions::note_use(call.sql, &call.token_digest(token), call.now)?;
        }
        Ok(Empty {})
    }
}

/// Takes this browser back to step 2, at the door.
#[derive(Debug, Serialize, Deserialize)]
pub struct LeaveProfile {}

impl Command for LeaveProfile {
    const NAME: &'static str = "leave_profile";
    const NEEDS: Need = Need::Nothing;
    type Reply = SignInState;

    fn run(self, call: &mut Call<'_>) -> Result<SignInState, CommandError> {
        if let Some(computer) = call.unattended()? {
            if call.profile_expires_at(&computer)?.is_some() {
                call.log(Action::ProfileLeft, Subject::Nobody, Subject::Nobody, &computer)?;
            }
            call.leave_profile()?;
        }
        call.sign_in_state()
    }
}

/// Takes this browser back to step 1, at the door. Whoever stands there could as well clear what the browser keeps.
#[derive(Debug, Serialize, Deserialize)]
pub struct LeaveComputer {}

impl Command for LeaveComputer {
    const NAME: &'static str = "leave_computer";
    const NEEDS: Need = Need::Nothing;
    type Reply = SignInState;

    fn run(self, call: &mut Call<'_>) -> Result<SignInState, CommandError> {
        if let Some(computer) = call.unattended()? {
            call.log(Action::ComputerReset, Subject::Nobody, Subject::Nobody, &computer)?;
            call.leave_computer()?;
        }
        call.sign_in_state()
    }
}

/// Takes this browser back to step 1, from within. The access form of its computer stays good.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResetComputer {}

impl Command for ResetComputer {
    const NAME: &'static str = "reset_computer";
    const NEEDS: Need = Need::Right(Module::Computers, Right::Edit);
    type Reply = SignInState;

    fn run(self, call: &mut Call<'_>) -> Result<SignInState, CommandError> {
        let actor = call.require_session()?;
        call.log_changes(Action::ComputerReset, Subject::Nobody, &actor, Vec::new())?;
        call.leave_computer()?;
        Ok(SignInState::Computer)
    }
}
