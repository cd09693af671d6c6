//! An account is changed by whoever has seen its newest version, and the log says what was there before.

use serde::{Deserialize, Serialize};
use wire::{
    Language, ProblemCode,
    activities::{Action, Change, Changed},
    ids::AccountId,
    people::PersonFields,
    users::UserWindow,
};

use super::{NEEDS, Person, Taken, changed_rights, open};
use crate::{
    call::{Audience, Call, CommandError},
    commands::{Command, seat, users},
    mails::Letter,
    records::accounts::{self, Account, role_text},
    rules::roles::Need,
};

/// Changes an account.
#[derive(Debug, Serialize, Deserialize)]
pub struct EditUser {
    /// The account.
    pub id: AccountId,
    /// The version that was looked at.
    pub version: u32,
    /// All fields.
    pub fields: PersonFields,
}

impl Command for EditUser {
    const NAME: &'static str = "edit_user";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = UserWindow;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<UserWindow, CommandError> {
        let (actor, before) = open(call, &self.id, false)?;
        let may = users::permissions(call, &actor.account, &before)?;
        users::require(may.edit)?;
        if before.version != self.version {
            return Err(ProblemCode::EditedMeanwhile.into());
        }
        let person = Person::parse(&self.fields, &actor.account, Some(&before), &Taken::read(call)?)?;
        if person.role != before.role || person.own_rights != before.own_rights {
            users::require(may.change_role)?;
        }
        let after = Account {
            login: person.login.as_str().to_owned(),
            name: person.name,
            position: person.position,
            role: person.role,
            email: person.email,
            language: person.language,
            own_rights: person.own_rights,
            ..before.clone()
        };
        let settings = call.settings()?;
        let changes = differences(&before, &after, settings.language);
        if !changes.is_empty() {
            accounts::update(call.sql, &before, &after, call.now)?;
            call.log_changes(Action::UserEdited, seat::in_log(&settings, &after), &actor, changes)?;
            call.tell(&Audience::Account(after.id.clone()));
        }
        if before.email.is_some() && before.email != after.email {
            // To the former address: whoever had it changed behind somebody's back is found out.
            let key = format!("{}/email-changed/{}/{}", settings.code, after.id, before.version);
            let computer = &actor.computer.label;
            call.mail(&settings, &Letter::EmailChanged, &before, &before, computer, &key)?;
        }
        let after = accounts::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        Ok(users::window(call, &call.require_session()?.account, &after)?)
    }
}

fn differences(before: &Account, after: &Account, language: Language) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut compare = |what, old: &str, new: &str| {
        if old != new {
            changes.push(Change { what, old: old.to_owned(), new: new.to_owned() });
        }
    };
    compare(Changed::FullName, &before.name.written(language), &after.name.written(language));
    compare(Changed::Login, &before.login, &after.login);
    compare(Changed::Email, &before.email_text(), &after.email_text());
    compare(Changed::Position, &before.position, &after.position);
    compare(Changed::Role, role_text(before.role), role_text(after.role));
    compare(Changed::Language, before.language.tag(), after.language.tag());
    changes.extend(changed_rights(before.rights(), after.rights()));
    changes
}
