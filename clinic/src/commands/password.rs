//! A password of one's own: chosen at the first sign-in, changed later. The Worker hashes it; see [`super::login`].

use serde::{Deserialize, Serialize};
use wire::{Empty, Problem, ProblemCode, Timestamp, activities::Action, fields::Login, me::MyAccount};

use super::{
    Command,
    login::{self, Attempt, Reservation},
    me, question,
    question::Answered,
    seat::{self, SignedIn},
};
use crate::{
    call::{Audience, Call, CommandError},
    mails::Letter,
    records::{
        accounts::{self, Account},
        sessions,
        settings::Settings,
        sql::SqlError,
        tallies::Subject,
    },
    rules::roles::Need,
};

/// Asks what a new password of the caller's has to be like.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadPasswordRules {
    /// For whom. A session alone opens no choice: whoever could try there what they think the present password is, at no
    /// strike, would only have to find somebody else's screen.
    pub of: Chooser,
}

/// Who takes a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chooser {
    /// Whoever has said yes, and chooses a password of their own before the session begins.
    Newcomer,
    /// Whoever is signed in.
    SignedIn,
}

/// What a new password has to be like.
#[derive(Debug, Serialize, Deserialize)]
pub struct PasswordRules {
    /// The present one's hash as a PHC string: the new one must be another.
    pub password_hash: String,
    /// Fewest characters.
    pub length_min: u32,
    /// Names that it must not consist of.
    pub about: Vec<String>,
}

impl Command for ReadPasswordRules {
    const NAME: &'static str = "read_password_rules";
    const NEEDS: Need = Need::Nothing;
    type Reply = PasswordRules;

    fn run(self, call: &mut Call<'_>) -> Result<PasswordRules, CommandError> {
        let computer = call.require_computer()?;
        let account = match self.of {
            Chooser::Newcomer => call.choice(&computer)?.ok_or(ProblemCode::QuestionExpired)?,
            Chooser::SignedIn => call.require_session()?.account,
        };
        let settings = call.settings()?;
        let about = about(&settings, &account);
        Ok(PasswordRules {
            password_hash: account.password_hash,
            length_min: settings.policies.password_length_min,
            about,
        })
    }
}

/// Names that a password must not consist of.
pub(super) fn about(settings: &Settings, account: &Account) -> Vec<String> {
    let mut about = account.words();
    about.push(settings.name.clone());
    about
}

/// Chooses a password of one's own, which opens the session.
#[derive(Serialize, Deserialize)]
pub struct ChooseOwnPassword {
    /// Its hash as a PHC string.
    pub password_hash: String,
}

impl Command for ChooseOwnPassword {
    const NAME: &'static str = "choose_own_password";
    const NEEDS: Need = Need::Nothing;
    type Reply = Answered;

    fn run(self, call: &mut Call<'_>) -> Result<Answered, CommandError> {
        let computer = call.require_profile()?;
        let account = call.choice(&computer)?.ok_or(ProblemCode::QuestionExpired)?;
        let account = set(call, account, self.password_hash)?;
        // Whatever else was begun with the first password ends with it.
        sessions::end_all_of(call.sql, &account.id, None)?;
        let user = seat::in_log(&call.settings()?, &account);
        call.log(Action::PasswordChanged, user.clone(), user, &computer)?;
        question::begin(call, &computer, &account)
    }
}

/// Stores a password of one's own; a first one ends with it.
pub(super) fn set(call: &Call<'_>, before: Account, password_hash: String) -> Result<Account, SqlError> {
    let account = Account { password_hash, first_password: false, ..before.clone() };
    accounts::update(call.sql, &before, &account, call.now)?;
    Ok(account)
}

/// Reserves a try at the own password, for changing it or to go on with what asks for it: it counts like one at the door.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReserveOwnAttempt {
    /// The turn that this try was given when it was asked for before.
    pub turn: Option<Timestamp>,
}

impl Command for ReserveOwnAttempt {
    const NAME: &'static str = "reserve_own_attempt";
    const NEEDS: Need = Need::Session;
    type Reply = Reservation;

    fn run(self, call: &mut Call<'_>) -> Result<Reservation, CommandError> {
        let me = call.require_session()?;
        let login: Login = me.account.login.parse()?;
        login::reserve(call, me.computer, login, self.turn)
    }
}

/// Settles that try. When the password was right, the new one takes its place.
#[derive(Serialize, Deserialize)]
pub struct SettleOwnAttempt {
    /// The try.
    pub attempt: Attempt,
    /// Whether the password was right.
    pub right: bool,
    /// The new one's hash as a PHC string, when it was.
    pub password_hash: Option<String>,
}

impl Command for SettleOwnAttempt {
    const NAME: &'static str = "settle_own_attempt";
    const NEEDS: Need = Need::Session;
    type Reply = MyAccount;

    fn run(self, call: &mut Call<'_>) -> Result<MyAccount, CommandError> {
        let me = call.require_session()?;
        let account = settle_own(call, &me, self.attempt, self.right, "current")?;
        call.password_typed()?;
        let password_hash = self.password_hash.ok_or(ProblemCode::Internal)?;
        let account = set(call, account, password_hash)?;
        let here = call.caller.session.as_ref().map(|token| call.token_digest(token));
        sessions::end_all_of(call.sql, &account.id, here.as_deref())?;
        call.tell(&Audience::Account(account.id.clone()));
        let settings = call.settings()?;
        let user = seat::in_log(&settings, &account);
        call.log_changes(Action::PasswordChanged, user, &me, Vec::new())?;
        let key = format!("{}/password-changed/{}/{}", settings.code, account.id, me.account.version);
        call.mail(&settings, &Letter::PasswordChanged, &account, &account, &me.computer.label, &key)?;
        Ok(me::my_account(call, &account)?)
    }
}

/// Settles a try at the own password that was asked for before something else. When it was right, the session may go on with that.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConfirmOwnPassword {
    /// The try.
    pub attempt: Attempt,
    /// Whether the password was right.
    pub right: bool,
}

impl Command for ConfirmOwnPassword {
    const NAME: &'static str = "confirm_own_password";
    const NEEDS: Need = Need::Session;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        let me = call.require_session()?;
        settle_own(call, &me, self.attempt, self.right, "own_password")?;
        call.password_typed()?;
        Ok(Empty {})
    }
}

/// Settles a try at the own password that stands in `field`: the account, when it was right.
fn settle_own(
    call: &mut Call<'_>,
    me: &SignedIn,
    attempt: Attempt,
    right: bool,
    field: &str,
) -> Result<Account, CommandError> {
    if attempt.subject != Subject::Account(me.account.id.clone()) {
        return Err(ProblemCode::NotFound.into());
    }
    login::settle(call, &me.computer, attempt, right, Problem::about(field, ProblemCode::PasswordWrong))
}
