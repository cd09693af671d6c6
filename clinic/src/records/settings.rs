//! The clinic itself: its code, name, language, time zone and policies.

use wire::{Language, settings::Policies};

use super::{
    json,
    sql::{Row, Sql, SqlError, values},
};

/// The clinic's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The code that its computers' usernames begin with.
    pub code: String,
    /// The name.
    pub name: String,
    /// The default language.
    pub language: Language,
    /// The IANA time zone.
    pub time_zone: String,
    /// The policies.
    pub policies: Policies,
    /// Counts the changes.
    pub version: u32,
}

impl Settings {
    /// Consecutive wrong passwords that lock an account.
    pub fn strikes_max(&self) -> usize {
        self.policies.strikes_max as usize
    }
}

/// Stores the settings of a new clinic.
pub fn insert(sql: &dyn Sql, settings: &Settings) -> Result<(), SqlError> {
    let Settings { code, name, language, time_zone, policies, version } = settings;
    sql.run(
        "INSERT INTO settings (only, code, name, language, time_zone, policies, version) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
        values![
            code.as_str(),
            name.as_str(),
            language.tag(),
            time_zone.as_str(),
            json::written(policies)?,
            *version,
        ],
    )
}

/// Stores changed settings; the code stays.
pub fn update(sql: &dyn Sql, settings: &Settings) -> Result<(), SqlError> {
    let Settings { code: _, name, language, time_zone, policies, version } = settings;
    sql.run(
        "UPDATE settings SET name = ?1, language = ?2, time_zone = ?3, policies = ?4, version = ?5",
        values![name.as_str(), language.tag(), time_zone.as_str(), json::written(policies)?, *version],
    )
}

/// Whether the clinic was opened before.
pub fn exist(sql: &dyn Sql) -> Result<bool, SqlError> {
    Ok(!sql.query("SELECT only FROM settings", &[])?.is_empty())
}

/// The settings.
pub fn get(sql: &dyn Sql) -> Result<Settings, SqlError> {
    let mut rows =
        sql.query("SELECT code, name, language, time_zone, policies, version FROM settings", &[])?;
    let row: &mut Row = rows.first_mut().ok_or_else(|| SqlError("the clinic has no settings".into()))?;
    Ok(Settings {
        code: row.take()?,
        name: row.take()?,
        language: language(row.take()?)?,
        time_zone: row.take()?,
        policies: json::read(&Policies::default(), &row.take::<String>()?)?,
        version: row.take()?,
    })
}

/// The number of the next computer; none is given twice.
pub fn next_computer_number(sql: &dyn Sql) -> Result<u32, SqlError> {
    sql.run("UPDATE settings SET last_computer_number = last_computer_number + 1", &[])?;
    let mut rows = sql.query("SELECT last_computer_number FROM settings", &[])?;
    rows.first_mut().ok_or_else(|| SqlError("the clinic has no settings".into()))?.take()
}

/// Reads a stored language tag.
pub(super) fn language(tag: String) -> Result<Language, SqlError> {
    Language::from_tag(&tag).ok_or_else(|| SqlError("a stored language is unknown".into()))
}
