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
}

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
    let statement = "SELECT id, name, sealed_secret, wrong_codes FROM profiles WHERE id = ?1";
    sql.query(statement, values![id.as_str()])?.pop().map(profile).transpose()
}

/// Sets the count of consecutive wrong codes.
pub fn set_wrong_codes(sql: &dyn Sql, id: &ProfileId, wrong: u32) -> Result<(), SqlError> {
    sql.run("UPDATE profiles SET wrong_codes = ?2 WHERE id = ?1", values![id.as_str(), wrong])
}
