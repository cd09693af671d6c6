//! One's own account.

use serde::{Deserialize, Serialize};
use wire::{
    Language,
    activities::{Action, Change, Changed},
    me::{MyAccount, MySession},
    sign_in::SignInState,
};

use super::{
    Command,
    seat::{self, SignedIn},
};
use crate::{
    call::{Audience, Call, CommandError},
    records::{
        accounts::{self, Account},
        computers, sessions,
        sql::SqlError,
    },
    rules::{roles::Need, session},
};

/// Shows the own account.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadMe {}

impl Command for ReadMe {
    const NAME: &'static str = "read_me";
    const NEEDS: Need = Need::Session;
    type Reply = MyAccount;

    fn run(self, call: &mut Call<'_>) -> Result<MyAccount, CommandError> {
        let me = call.require_session()?;
        Ok(my_account(call, &me.account)?)
    }
}

/// The own account, as its page shows it.
pub(super) fn my_account(call: &Call<'_>, account: &Account) -> Result<MyAccount, SqlError> {
    let settings = call.settings()?;
    let here = call.caller.session.as_ref().map(|token| call.token_digest(token));
    let mut list = Vec::new();
    for session in sessions::running(call.sql, call.now, session::idle_since(&settings.policies, call.now))? {
        if session.account != account.id {
            continue;
        }
        let computer = computers::by_id(call.sql, &session.computer)?;
        list.push(MySession {
            computer: computer.map(|computer| computer.label).unwrap_or_default(),
            started_at: session.started_at,
            here: here.as_ref() == Some(&session.digest),
        });
    }
    Ok(MyAccount {
        full_name: account.name.written(settings.language),
        login: account.login.clone(),
        position: account.position.clone(),
        email: account.email_text(),
        language: account.language,
        password_length_min: settings.policies.password_length_min,
        sessions: list,
    })
}

/// Changes the language of the own mails.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangeLanguage {
    /// The language.
    pub language: Language,
}

impl Command for ChangeLanguage {
    const NAME: &'static str = "change_language";
    const NEEDS: Need = Need::Session;
    type Reply = MyAccount;

    fn run(self, call: &mut Call<'_>) -> Result<MyAccount, CommandError> {
        let me = call.require_session()?;
        let SignedIn { account: before, .. } = &me;
        if before.language != self.language {
            let account = Account { language: self.language, ..before.clone() };
            accounts::update(call.sql, before, &account, call.now)?;
            let (old, new) = (before.language.tag().to_owned(), self.language.tag().to_owned());
            let user = seat::in_log(&call.settings()?, before);
            call.log_changes(
                Action::UserEdited,
                user,
                &me,
                vec![Change { what: Changed::Language, old, new }],
            )?;
        }
        Ok(my_account(call, &Account { language: self.language, ..before.clone() })?)
    }
}

/// Ends every session of one's own, this one too.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignOutEverywhere {}

impl Command for SignOutEverywhere {
    const NAME: &'static str = "sign_out_everywhere";
    const NEEDS: Need = Need::Session;
    type Reply = SignInState;

    fn run(self, call: &mut Call<'_>) -> Result<SignInState, CommandError> {
        let me = call.require_session()?;
        let user = seat::in_log(&call.settings()?, &me.account);
        call.log_changes(Action::SignedOutEverywhere, user, &me, Vec::new())?;
        sessions::end_all_of(call.sql, &me.account.id, None)?;
        call.tell(&Audience::Account(me.account.id));
        call.leave()?;
        call.sign_in_state()
    }
}
