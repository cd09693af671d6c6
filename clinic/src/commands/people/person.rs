//! What was written down of a person, parsed alike whether they are added, edited or imported.

use wire::{
    Language, Problem, ProblemCode, Role,
    fields::{EmailAddress, Login, Name},
    ids::AccountId,
    people::PersonFields,
    rights::Rights,
};

use super::Taken;
use crate::{
    records::accounts::Account,
    rules::{logins, naming::FullName, roles},
};

/// What was written down of a person, parsed.
pub(in crate::commands) struct Person {
    pub name: FullName,
    pub position: String,
    pub role: Role,
    pub email: Option<EmailAddress>,
    pub login: Login,
    pub language: Language,
    /// Rights that differ from those of the role.
    pub own_rights: Option<Rights>,
}

impl Person {
    /// Parses the fields, and refuses what `actor` may not write. `before` is the account that is being edited.
    pub fn parse(
        fields: &PersonFields,
        actor: &Account,
        before: Option<&Account>,
        taken: &Taken,
    ) -> Result<Self, Problem> {
        let part = |field, text: &str| Name::parse(field, text).map(|name| name.as_str().to_owned());
        let optional = |field, text: &str| match text.trim() {
            "" => Ok(None),
            text => part(field, text).map(Some),
        };
        let name = FullName {
            last: part("last_name", &fields.last_name)?,
            first: part("first_name", &fields.first_name)?,
            middle: optional("middle_name", &fields.middle_name)?,
        };
        let position = optional("position", &fields.position)?.unwrap_or_default();
        let role = fields.role;
        let may_give = roles::roles_to_give(actor.role, actor.rights()).contains(&role);
        if !may_give && before.is_none_or(|before| before.role != role) {
            return Err(Problem::about("role", ProblemCode::RoleNotAllowed));
        }
        let email = match fields.email.trim() {
            "" if role == Role::Owner => return Err(Problem::about("email", ProblemCode::EmailMissing)),
            "" => None,
            text => Some(text.parse::<EmailAddress>()?),
        };
        let kept = before.filter(|before| before.login == fields.login.trim() && before.role == role);
        let login: Login = match kept {
            Some(before) => before.login.parse()?,
            None => logins::parse_new(&fields.login)?,
        };
        if kept.is_none() {
            if (role == Role::SystemAdministrator) != logins::is_reserved(&login) {
                return Err(Problem::about("login", ProblemCode::LoginPrefix));
            }
            taken.refuse(&login, before.map(|before| &before.id))?;
        }
        let own_rights = fields.rights.filter(|own| roles::rights(role, Some(*own)) != Rights::of_role(role));
        if !roles::reach_no_further(roles::rights(role, own_rights), actor.rights()) {
            return Err(Problem::about("rights", ProblemCode::RightsNotAllowed));
        }
        Ok(Self { name, position, role, email, login, language: fields.language, own_rights })
    }

    /// A new account of this person.
    pub fn into_account(self, id: AccountId, password_hash: String) -> Account {
        Account {
            id,
            login: self.login.as_str().to_owned(),
            name: self.name,
            position: self.position,
            role: self.role,
            email: self.email,
            language: self.language,
            password_hash,
            last_sign_in_at: None,
            version: 1,
            removed_at: None,
            own_rights: self.own_rights,
            first_password: true,
        }
    }
}
