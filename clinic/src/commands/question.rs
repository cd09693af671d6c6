//! "Is this you?": the answer opens the session, or goes back to step 3.

use serde::{Deserialize, Serialize};
use wire::{ProblemCode, activities::Action, sign_in::SignInState};

use super::{Command, seat};
use crate::{
    call::{Call, CommandError},
    records::{
        accounts::{self, Account},
        computers::Computer,
        sessions::{self, Bearer},
        tallies::{self, Subject},
    },
    rules::{roles::Need, session},
};

/// Answers the question.
#[derive(Debug, Serialize, Deserialize)]
pub struct AnswerQuestion {
    /// Whether it is.
    pub yes: bool,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answered {
    /// The session's token, after a yes.
    pub token: Option<String>,
    /// The token for choosing a password of one's own, where that comes before the session.
    pub choice: Option<String>,
    /// The step that this browser has reached now.
    pub state: SignInState,
}

impl Command for AnswerQuestion {
    const NAME: &'static str = "answer_question";
    const NEEDS: Need = Need::Nothing;
    type Reply = Answered;

    fn run(self, call: &mut Call<'_>) -> Result<Answered, CommandError> {
        let computer = call.require_profile()?;
        let digest = call.caller.question.as_deref().map(|token| call.token_digest(token));
        let digest = digest.ok_or(ProblemCode::QuestionExpired)?;
        let asked = sessions::question(call.sql, &digest, call.now)?;
        let asked =
            asked.filter(|bearer| bearer.computer == computer.id).ok_or(ProblemCode::QuestionExpired)?;
        sessions::close_question(call.sql, &digest)?;
        let account = call.present(&asked.account)?.ok_or(ProblemCode::QuestionExpired)?;
        let settings = call.settings()?;
        let user = seat::in_log(&settings, &account);
        let seat = call.seat_of(&computer)?;
        if !self.yes {
            call.log(Action::LoginDeclined, user.clone(), wire::activities::Subject::Nobody, &computer)?;
            return Ok(Answered { token: None, choice: None, state: SignInState::User { seat } });
        }
        // Asked again: the account may have been locked while the question was open.
        if tallies::get(call.sql, &Subject::Account(account.id.clone()))?.lock.is_some() {
            return Err(ProblemCode::AccountLocked.into());
        }
        if account.first_password && settings.policies.own_password {
            let (token, digest) = call.new_token();
            let expires_at = session::choice_expires_at(call.now);
            let bearer = Bearer { account: account.id.clone(), computer: computer.id.clone(), expires_at };
            sessions::open_choice(call.sql, &digest, &bearer)?;
            let state = seat::new_password(&settings, seat, &account);
            return Ok(Answered { token: None, choice: Some(token), state });
        }
        begin(call, &computer, &account)
    }
}

/// Begins a session. It never outlasts the step 2 that it stands on.
pub(super) fn begin(
    call: &mut Call<'_>,
    computer: &Computer,
    account: &Account,
) -> Result<Answered, CommandError> {
    let expires_at = call.profile_expires_at(computer)?.ok_or(ProblemCode::ProfileRequired)?;
    let settings = call.settings()?;
    let (token, digest) = call.new_token();
    let bearer = Bearer { account: account.id.clone(), computer: computer.id.clone(), expires_at };
    sessions::forget_expired(call.sql, call.now)?;
    sessions::start(call.sql, &digest, &bearer, call.now)?;
    accounts::note_sign_in(call.sql, &account.id, call.now)?;
    let user = seat::in_log(&settings, account);
    call.log(Action::LoginSucceeded, user.clone(), user, computer)?;
    let state = seat::signed_in(call, &settings, call.seat_of(computer)?, account)?;
    Ok(Answered { token: Some(token), choice: None, state })
}
