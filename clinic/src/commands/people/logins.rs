//! Logins are made of names, and no two of them look alike.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use wire::{Problem, ProblemCode, Role, fields::Login, ids::AccountId, people::LoginSuggestion};

use super::NEEDS;
use crate::{
    call::{Call, CommandError},
    commands::Command,
    records::{accounts, sql::SqlError},
    rules::{logins, roles::Need},
};

/// Every login that somebody has or had, by what it looks like.
pub(in crate::commands) struct Taken {
    alike: HashMap<String, Vec<(String, AccountId)>>,
    /// The number that was suggested last for each stem.
    numbers: HashMap<String, u32>,
}

impl Taken {
    pub fn read(call: &Call<'_>) -> Result<Self, SqlError> {
        let mut taken = Self { alike: HashMap::new(), numbers: HashMap::new() };
        for (login, account) in accounts::logins(call.sql)? {
            if let Ok(parsed) = login.parse::<Login>() {
                taken.add(&parsed, &account);
            }
        }
        Ok(taken)
    }

    pub fn add(&mut self, login: &Login, account: &AccountId) {
        let alike = self.alike.entry(logins::skeleton(login)).or_default();
        alike.push((login.as_str().to_owned(), account.clone()));
    }

    /// Refuses a login that another account has or had, or that looks like one of those.
    pub fn refuse(&self, login: &Login, own: Option<&AccountId>) -> Result<(), Problem> {
        let alike = self.alike.get(&logins::skeleton(login)).map(Vec::as_slice).unwrap_or_default();
        let mut others = alike.iter().filter(|(_, account)| Some(account) != own).peekable();
        if others.peek().is_none() {
            return Ok(());
        }
        let same = others.any(|(other, _)| other == login.as_str());
        let code = if same { ProblemCode::LoginTaken } else { ProblemCode::LoginConfusable };
        Err(Problem::about("login", code))
    }

    /// A free login for somebody of this name.
    pub fn suggest(&mut self, role: Role, last: &str, first: &str, clinic: &str) -> Login {
        let stem = match role {
            Role::SystemAdministrator => logins::system_administrator(clinic),
            Role::Owner | Role::Manager | Role::Employee => logins::stem_of(last, first),
        };
        // Goes on where it ended: a list of a thousand Ivanovs must not try a thousand numbers for each of them.
        let from = self.numbers.get(&stem).copied().unwrap_or(1);
        let (login, number) = logins::first_free(&stem, from, &|login| self.refuse(login, None).is_err());
        self.numbers.insert(stem, number);
        login
    }
}

/// Makes a free login of a name.
#[derive(Debug, Serialize, Deserialize)]
pub struct SuggestLogin {
    /// The last name.
    pub last_name: String,
    /// The first name.
    pub first_name: String,
    /// The role.
    pub role: Role,
}

impl Command for SuggestLogin {
    const NAME: &'static str = "suggest_login";
    const NEEDS: Need = NEEDS;
    type Reply = LoginSuggestion;

    fn run(self, call: &mut Call<'_>) -> Result<LoginSuggestion, CommandError> {
        let clinic = call.settings()?.name;
        // Longer names are refused when they are saved; a suggestion needs no more of them than a login can hold.
        let part = |name: &str| name.chars().take(wire::fields::NAME_LENGTH_MAX).collect::<String>();
        let login =
            Taken::read(call)?.suggest(self.role, &part(&self.last_name), &part(&self.first_name), &clinic);
        Ok(LoginSuggestion { login: login.as_str().to_owned() })
    }
}
