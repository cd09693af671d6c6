//! People's accounts.

use wire::{
    Language, Role, Timestamp,
    fields::{EmailAddress, Login},
    ids::AccountId,
};

use super::{
    settings::language,
    sql::{Row, Sql, SqlError, values},
};
use crate::rules::naming::FullName;

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
}

const COLUMNS: &str = "id, login, last_name, first_name, middle_name, position, role, email, language, password_hash, last_sign_in_at";

fn role_text(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Manager => "manager",
        Role::Employee => "employee",
        Role::SystemAdministrator => "system_administrator",
    }
}

fn role(text: &str) -> Result<Role, SqlError> {
    [Role::Owner, Role::Manager, Role::Employee, Role::SystemAdministrator]
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
    })
}

/// Stores a new account.
pub fn insert(sql: &dyn Sql, account: &Account) -> Result<(), SqlError> {
    sql.run(
        &format!("INSERT INTO accounts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
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
        ],
    )
}

/// The account of a login.
pub fn by_login(sql: &dyn Sql, login: &Login) -> Result<Option<Account>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM accounts WHERE login = ?1");
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

/// Every owner.
pub fn owners(sql: &dyn Sql) -> Result<Vec<Account>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM accounts WHERE role = ?1 ORDER BY id");
    sql.query(&statement, values![role_text(Role::Owner)])?.into_iter().map(account).collect()
}

/// Notes that somebody signed in.
pub fn note_sign_in(sql: &dyn Sql, id: &AccountId, now: Timestamp) -> Result<(), SqlError> {
    sql.run("UPDATE accounts SET last_sign_in_at = ?2 WHERE id = ?1", values![id.as_str(), now])
}
