//! The clinic itself: its code, name, language and time zone.

use wire::Language;

use super::sql::{Row, Sql, SqlError, values};

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
}

/// Stores the settings of a new clinic.
pub fn insert(sql: &dyn Sql, settings: &Settings) -> Result<(), SqlError> {
    let Settings { code, name, language, time_zone } = settings;
    sql.run(
        "INSERT INTO settings (only, code, name, language, time_zone) VALUES (1, ?1, ?2, ?3, ?4)",
        values![code.as_str(), name.as_str(), language.tag(), time_zone.as_str()],
    )
}

/// Whether the clinic was opened before.
pub fn exist(sql: &dyn Sql) -> Result<bool, SqlError> {
    Ok(!sql.query("SELECT only FROM settings", &[])?.is_empty())
}

/// The settings.
pub fn get(sql: &dyn Sql) -> Result<Settings, SqlError> {
    let mut rows = sql.query("SELECT code, name, language, time_zone FROM settings", &[])?;
    let row: &mut Row = rows.first_mut().ok_or_else(|| SqlError("the clinic has no settings".into()))?;
    Ok(Settings {
        code: row.take()?,
        name: row.take()?,
        language: language(row.take()?)?,
        time_zone: row.take()?,
    })
}

/// Reads a stored language tag.
pub(super) fn language(tag: String) -> Result<Language, SqlError> {
    Language::from_tag(&tag).ok_or_else(|| SqlError("a stored language is unknown".into()))
}
