//! Profiles: workplaces that are guarded by TOTP.

use wire::ids::ProfileId;

use super::sql::{Row, Sql, SqlError, values};

/// A profile.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The id.
    pub id: ProfileId,
    /// The name.
    pub name: String,
    /// The TOTP secret, sealed; see [`seal_context`].
    pub sealed_secret: Vec<u8>,
    /// Consecutive wrong codes, over all computers.
    pub wrong_codes: u32,
    /// Counts the edits.
    pub version: u32,
}

const COLUMNS: &str = "id, name, sealed_secret, wrong_codes, version";

/// The place that a profile's sealed secret is bound to.
pub fn seal_context(id: &ProfileId) -> String {
    format!("profile {id}")
}

fn profile(mut row: Row) -> Result<Profile, SqlError> {
    Ok(Profile {
        id: ProfileId::from_stored(row.take()?),
        name: row.take()?,
        sealed_secret: row.take()?,
        wrong_codes: row.take()?,
        version: row.take()?,
    })
}

/// Stores a new profile.
pub fn insert(sql: &dyn Sql, profile: &Profile) -> Result<(), SqlError> {
    sql.run(
        "INSERT INTO profiles (id, name, sealed_secret) VALUES (?1, ?2, ?3)",
        values![profile.id.as_str(), profile.name.as_str(), profile.sealed_secret.as_slice()],
    )
}

/// The profile of an id.
pub fn by_id(sql: &dyn Sql, id: &ProfileId) -> Result<Option<Profile>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM profiles WHERE id = ?1");
    sql.query(&statement, values![id.as_str()])?.pop().map(profile).transpose()
}

/// Every profile.
pub fn all(sql: &dyn Sql) -> Result<Vec<Profile>, SqlError> {
    sql.query(&format!("SELECT {COLUMNS} FROM profiles"), &[])?.into_iter().map(profile).collect()
}

/// Stores what was renamed or re-issued, as the next version.
pub fn update(sql: &dyn Sql, profile: &Profile) -> Result<(), SqlError> {
    sql.run(
        "UPDATE profiles SET name = ?2, sealed_secret = ?3, wrong_codes = ?4, version = ?5 WHERE id = ?1",
        values![
            profile.id.as_str(),
            profile.name.as_str(),
            profile.sealed_secret.as_slice(),
            profile.wrong_codes,
            profile.version.saturating_add(1),
        ],
    )
}

/// Removes a profile that no computer belongs to.
pub fn remove(sql: &dyn Sql, id: &ProfileId) -> Result<(), SqlError> {
    sql.run("DELETE FROM profiles WHERE id = ?1", values![id.as_str()])
}

/// Sets the count of consecutive wrong codes.
pub fn set_wrong_codes(sql: &dyn Sql, id: &ProfileId, wrong: u32) -> Result<(), SqlError> {
    sql.run("UPDATE profiles SET wrong_codes = ?2 WHERE id = ?1", values![id.as_str(), wrong])
}
