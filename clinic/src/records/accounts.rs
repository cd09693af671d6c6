//! People's accounts.

use wire::{
    Language, Role, Timestamp,
    fields::{EmailAddress, Login},
    ids::AccountId,
    rights::Rights,
};

use super::{
    json,
    settings::language,
    sql::{Row, Sql, SqlError, values},
};
use crate::rules::{naming::FullName, roles};

/// A person's account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The id.
    pub id: AccountId,
    /// The login.
    pub login: String,
    /// The name.
    pub name: FullName,
    /// The position; may be empty.
    pub position: String,
    /// The role.
    pub role: Role,
    /// The e-mail address, when there is one.
    pub email: Option<EmailAddress>,
    /// The language of mails.
    pub language: Language,
    /// The password's hash as a PHC string.
    pub password_hash: String,
    /// When somebody last signed in with it.
    pub last_sign_in_at: Option<Timestamp>,
    /// Counts the edits.
    pub version: u32,
    /// Since when the person no longer works here.
    pub removed_at: Option<Timestamp>,
    /// Rights that differ from those of the role.
    pub own_rights: Option<Rights>,
    /// Whether the password is a generated one, which the person has yet to change for one of their own.
    pub first_password: bool,
}

impl Account {
    /// What the person may do.
    pub fn rights(&self) -> Rights {
        roles::rights(self.role, self.own_rights)
    }

    /// The e-mail address; empty when there is none.
    pub fn email_text(&self) -> String {
        self.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default()
    }

    /// Every name that a password must not consist of.
    pub fn words(&self) -> Vec<String> {
        let email = self.email.as_ref().and_then(|email| email.as_str().split('@').next()).map(str::to_owned);
        let mut words = vec![self.name.last.clone(), self.name.first.clone(), self.login.clone()];
        words.extend(self.name.middle.clone());
        words.extend(email);
        words
    }
}

const COLUMNS: &str = "id, login, last_name, first_name, middle_name, position, role, email, language, password_hash, last_sign_in_at,
                       version, removed_at, rights, first_password";

/// A role as it is stored, and as the log tells of it.
pub fn role_text(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Manager => "manager",
        Role::Employee => "employee",
        Role::SystemAdministrator => "system_administrator",
    }
}

fn role(text: &str) -> Result<Role, SqlError> {
    Role::ALL
        .into_iter()
        .find(|role| role_text(*role) == text)
        .ok_or_else(|| SqlError("a stored role is unknown".into()))
}

fn account(mut row: Row) -> Result<Account, SqlError> {
    Ok(Account {
        id: AccountId::from_stored(row.take()?),
        login: row.take()?,
        name: FullName { last: row.take()?, first: row.take()?, middle: row.take()? },
        position: row.take()?,
        role: role(&row.take::<String>()?)?,
        email: row.take::<Option<String>>()?.and_then(|email| email.parse().ok()),
        language: language(row.take()?)?,
        password_hash: row.take()?,
        last_sign_in_at: row.take()?,
        version: row.take()?,
        removed_at: row.take()?,
        own_rights: row
            .take::<Option<String>>()?
            .map(|text| json::read(&Rights::default(), &text))
            .transpose()?,
        first_password: row.take()?,
    })
}

fn rights_text(rights: Option<Rights>) -> Result<Option<String>, SqlError> {
    rights.map(|rights| json::written(&rights)).transpose()
}

/// Stores a new account.
pub fn insert(sql: &dyn Sql, account: &Account) -> Result<(), SqlError> {
    sql.run(
        &format!(
            "INSERT INTO accounts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
        ),
        values![
            account.id.as_str(),
            account.login.as_str(),
            account.name.last.as_str(),
            account.name.first.as_str(),
            account.name.middle.as_deref(),
            account.position.as_str(),
            role_text(account.role),
            account.email.as_ref().map(EmailAddress::as_str),
            account.language.tag(),
            account.password_hash.as_str(),
            account.last_sign_in_at,
            account.version,
            account.removed_at,
            rights_text(account.own_rights)?,
            account.first_password,
        ],
    )
}

/// Stores what was edited, removed or brought back, as the next version. A login that changes is retired.
pub fn update(sql: &dyn Sql, before: &Account, account: &Account, now: Timestamp) -> Result<(), SqlError> {
    if before.login != account.login {
        sql.run(
            "INSERT OR REPLACE INTO retired_logins (login, account, retired_at) VALUES (?1, ?2, ?3)",
            values![before.login.as_str(), account.id.as_str(), now],
        )?;
    }
    sql.run(
        "UPDATE accounts SET login = ?2, last_name = ?3, first_name = ?4, middle_name = ?5, position = ?6, role = ?7, email = ?8,
             language = ?9, password_hash = ?10, version = ?11, removed_at = ?12, rights = ?13, first_password = ?14
         WHERE id = ?1",
        values![
            account.id.as_str(),
            account.login.as_str(),
            account.name.last.as_str(),
            account.name.first.as_str(),
            account.name.middle.as_deref(),
            account.position.as_str(),
            role_text(account.role),
            account.email.as_ref().map(EmailAddress::as_str),
            account.language.tag(),
            account.password_hash.as_str(),
            before.version.saturating_add(1),
            account.removed_at,
            rights_text(account.own_rights)?,
            account.first_password,
        ],
    )
}

/// Every login that somebody has or had, with whose it is.
pub fn logins(sql: &dyn Sql) -> Result<Vec<(String, AccountId)>, SqlError> {
    let rows =
        sql.query("SELECT login, id FROM accounts UNION ALL SELECT login, account FROM retired_logins", &[])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, AccountId::from_stored(row.take()?)))).collect()
}

/// The account of a login. Whoever was removed has none.
pub fn by_login(sql: &dyn Sql, login: &Login) -> Result<Option<Account>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM accounts WHERE login = ?1 AND removed_at IS NULL");
    sql.query(&statement, values![login.as_str()])?.pop().map(account).transpose()
}

/// The account of an id.
pub fn by_id(sql: &dyn Sql, id: &AccountId) -> Result<Option<Account>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM accounts WHERE id = ?1");
    sql.query(&statement, values![id.as_str()])?.pop().map(account).transpose()
}

/// Every account.
pub fn all(sql: &dyn Sql) -> Result<Vec<Account>, SqlError> {
    sql.query(&format!("SELECT {COLUMNS} FROM accounts"), &[])?.into_iter().map(account).collect()
}

/// Every owner who works here.
pub fn owners(sql: &dyn Sql) -> Result<Vec<Account>, SqlError> {
    let statement =
        format!("SELECT {COLUMNS} FROM accounts WHERE role = ?1 AND removed_at IS NULL ORDER BY id");
    sql.query(&statement, values![role_text(Role::Owner)])?.into_iter().map(account).collect()
}

/// Notes that somebody signed in.
pub fn note_sign_in(sql: &dyn Sql, id: &AccountId, now: Timestamp) -> Result<(), SqlError> {
    sql.run("UPDATE accounts SET last_sign_in_at = ?2 WHERE id = ?1", values![id.as_str(), now])
}
