//! The management of people: adding, editing, restoring access, removing, bringing back.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use wire::{
    Language, Problem, ProblemCode, Role,
    activities::{Action, Change, Changed},
    computers::SignInPair,
    fields::{ClinicCode, EmailAddress, Login, Name},
    ids::AccountId,
    people::{AddedUser, LoginSuggestion, PersonFields},
    rights::{Module, Right, Rights},
    users::UserWindow,
};

use super::{
    Command,
    seat::{self, SignedIn},
    users,
};
use crate::{
    call::{Audience, Call, CommandError},
    mails::Letter,
    records::{
        accounts::{self, Account, role_text},
        pins, sessions, settings,
        sql::SqlError,
    },
    rules::{
        logins,
        naming::FullName,
        roles::{self, Need},
    },
};

/// What the management of people needs, before it is asked which people.
pub(super) const NEEDS: Need = Need::Right(Module::Users, Right::Edit);

/// Asks whether the caller manages people at all, and in which clinic: before a password is hashed, or a long list read, for it.
#[derive(Debug, Serialize, Deserialize)]
pub struct MayManagePeople {}

impl Command for MayManagePeople {
    const NAME: &'static str = "may_manage_people";
    const NEEDS: Need = NEEDS;
    type Reply = ClinicCode;

    fn run(self, call: &mut Call<'_>) -> Result<ClinicCode, CommandError> {
        Ok(call.clinic_code()?)
    }
}

/// A first password that the Worker has made: the hash is kept, the password is told once.
#[derive(Clone, Serialize, Deserialize)]
pub struct FirstPassword {
    /// The password.
    pub password: String,
    /// Its hash as a PHC string.
    pub hash: String,
}

/// Every login that somebody has or had, by what it looks like.
pub(super) struct Taken {
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
        let clinic = settings::get(call.sql)?.name;
        // Longer names are refused when they are saved; a suggestion needs no more of them than a login can hold.
        let part = |name: &str| name.chars().take(wire::fields::NAME_LENGTH_MAX).collect::<String>();
        let login =
            Taken::read(call)?.suggest(self.role, &part(&self.last_name), &part(&self.first_name), &clinic);
        Ok(LoginSuggestion { login: login.as_str().to_owned() })
    }
}

/// What was written down of a person, parsed.
pub(super) struct Person {
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

/// Stores a new account, and notes it.
pub(super) fn store(call: &Call<'_>, actor: &SignedIn, account: &Account) -> Result<(), CommandError> {
    if account.role == Role::Owner {
        call.require_unlocked(&actor.account)?;
    }
    accounts::insert(call.sql, account)?;
    let new = |what, new: &str| Change { what, old: String::new(), new: new.to_owned() };
    let mut changes = vec![new(Changed::Login, &account.login), new(Changed::Role, role_text(account.role))];
    changes.extend(account.email.as_ref().map(|email| new(Changed::Email, email.as_str())));
    changes.extend(changed_rights(Rights::of_role(account.role), account.rights()));
    let user = seat::in_log(&settings::get(call.sql)?, account);
    Ok(call.log_changes(Action::UserAdded, user, actor, changes)?)
}

fn pair(call: &Call<'_>, account: &Account, password: String) -> Result<AddedUser, CommandError> {
    let full_name = account.name.written(settings::get(call.sql)?.language);
    let pair = SignInPair { full_name, login: account.login.clone(), password };
    Ok(AddedUser { id: account.id.clone(), pair })
}

/// Adds an account.
#[derive(Serialize, Deserialize)]
pub struct AddUser {
    /// The person.
    pub person: PersonFields,
    /// The first password.
    pub first: FirstPassword,
}

impl Command for AddUser {
    const NAME: &'static str = "add_user";
    const NEEDS: Need = NEEDS;
    type Reply = AddedUser;

    fn run(self, call: &mut Call<'_>) -> Result<AddedUser, CommandError> {
        let actor = call.require_session()?;
        let person = Person::parse(&self.person, &actor.account, None, &Taken::read(call)?)?;
        let id = AccountId::from_random(call.random_bytes());
        let account = person.into_account(id, self.first.hash);
        store(call, &actor, &account)?;
        pair(call, &account, self.first.password)
    }
}

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
        if person.role == Role::Owner && before.role != Role::Owner {
            call.require_unlocked(&actor.account)?;
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
        let settings = settings::get(call.sql)?;
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

fn changed_rights(before: Rights, after: Rights) -> impl Iterator<Item = Change> {
    let differ = move |module: &Module| before.of(*module) != after.of(*module);
    Module::ALL.into_iter().filter(differ).map(move |module| Change {
        what: Changed::Right(module),
        old: right_text(before.of(module)).to_owned(),
        new: right_text(after.of(module)).to_owned(),
    })
}

fn right_text(right: Right) -> &'static str {
    match right {
        Right::None => "none",
        Right::Read => "read",
        Right::Edit => "edit",
    }
}

/// The actor, and an account that was or was not removed.
fn open(call: &Call<'_>, id: &AccountId, removed: bool) -> Result<(SignedIn, Account), CommandError> {
    let actor = call.require_session()?;
    let account = accounts::by_id(call.sql, id)?.ok_or(ProblemCode::NotFound)?;
    match (account.removed_at.is_some(), removed) {
        (true, false) => Err(ProblemCode::UserRemoved.into()),
        (false, true) => Err(ProblemCode::UserNotRemoved.into()),
        _ => Ok((actor, account)),
    }
}

/// The actor, and an account that they may give a new first password to: one that works here, or one that was removed.
fn renewable(call: &Call<'_>, id: &AccountId, removed: bool) -> Result<(SignedIn, Account), CommandError> {
    let (actor, account) = open(call, id, removed)?;
    let may = users::permissions(call, &actor.account, &account)?;
    users::require(if removed { may.bring_back } else { may.restore })?;
    if account.role == Role::Owner {
        call.require_unlocked(&actor.account)?;
    }
    Ok((actor, account))
}

/// Asks whether the caller may give an account a new first password: before one is hashed for it.
#[derive(Debug, Serialize, Deserialize)]
pub struct MayRenewAccess {
    /// The account.
    pub id: AccountId,
    /// Whether it was removed, and is to be brought back.
    pub removed: bool,
}

impl Command for MayRenewAccess {
    const NAME: &'static str = "may_renew_access";
    const NEEDS: Need = NEEDS;
    type Reply = ();

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<(), CommandError> {
        renewable(call, &self.id, self.removed).map(drop)
    }
}

/// Gives an account a new first password.
#[derive(Serialize, Deserialize)]
pub struct RestoreAccess {
    /// The account.
    pub id: AccountId,
    /// The first password.
    pub first: FirstPassword,
}

impl Command for RestoreAccess {
    const NAME: &'static str = "restore_access";
    const NEEDS: Need = NEEDS;
    type Reply = AddedUser;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<AddedUser, CommandError> {
        let (actor, before) = renewable(call, &self.id, false)?;
        let account = Account { password_hash: self.first.hash, first_password: true, ..before.clone() };
        accounts::update(call.sql, &before, &account, call.now)?;
        sessions::end_all_of(call.sql, &account.id, None)?;
        call.tell(&Audience::Account(account.id.clone()));
        let settings = settings::get(call.sql)?;
        call.log_changes(Action::AccessRestored, seat::in_log(&settings, &account), &actor, Vec::new())?;
        let key = format!("{}/access-restored/{}/{}", settings.code, account.id, before.version);
        let computer = &actor.computer.label;
        call.mail(&settings, &Letter::AccessRestored, &account, &account, computer, &key)?;
        pair(call, &account, self.first.password)
    }
}

/// Removes an account: its sessions end, its login is retired, the log keeps the name.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemoveUser {
    /// The account.
    pub id: AccountId,
}

impl Command for RemoveUser {
    const NAME: &'static str = "remove_user";
    const NEEDS: Need = NEEDS;
    type Reply = UserWindow;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<UserWindow, CommandError> {
        let (actor, before) = open(call, &self.id, false)?;
        users::require(users::permissions(call, &actor.account, &before)?.remove)?;
        let account = Account { removed_at: Some(call.now), ..before.clone() };
        accounts::update(call.sql, &before, &account, call.now)?;
        sessions::end_all_of(call.sql, &account.id, None)?;
        pins::forget(call.sql, &account.id)?;
        call.tell(&Audience::Account(account.id.clone()));
        let user = seat::in_log(&settings::get(call.sql)?, &account);
        call.log_changes(Action::UserRemoved, user, &actor, Vec::new())?;
        Ok(users::window(call, &actor.account, &account)?)
    }
}

/// Brings a removed account back, with a new first password.
#[derive(Serialize, Deserialize)]
pub struct BringBackUser {
    /// The account.
    pub id: AccountId,
    /// The first password.
    pub first: FirstPassword,
}

impl Command for BringBackUser {
    const NAME: &'static str = "bring_back_user";
    const NEEDS: Need = NEEDS;
    type Reply = AddedUser;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<AddedUser, CommandError> {
        let (actor, before) = renewable(call, &self.id, true)?;
        let account = Account {
            removed_at: None,
            password_hash: self.first.hash,
            first_password: true,
            ..before.clone()
        };
        accounts::update(call.sql, &before, &account, call.now)?;
        let user = seat::in_log(&settings::get(call.sql)?, &account);
        call.log_changes(Action::UserBroughtBack, user, &actor, Vec::new())?;
        pair(call, &account, self.first.password)
    }
}
