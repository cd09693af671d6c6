//! What a person is in a clinic.

use serde::{Deserialize, Serialize};

/// A role inside a clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers for the clinic; the only one who unlocks.
    Owner,
    /// Runs the day; sees everything, unlocks nobody.
    Manager,
    /// Works here.
    Employee,
    /// Adds people and computers; the login starts with `sys_`.
    SystemAdministrator,
}

impl Role {
    /// Every role, in the order of the screens.
    pub const ALL: [Role; 4] = [Role::Owner, Role::Manager, Role::Employee, Role::SystemAdministrator];
}
