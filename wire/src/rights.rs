//! What a person may do in each module of the clinic: nothing, look, or change.

use serde::{Deserialize, Serialize};

use crate::Role;

/// How far somebody may go in a module; each includes the ones before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Not at all.
    #[default]
    None,
    /// Look.
    Read,
    /// Look and change.
    Edit,
}

impl Right {
    /// Every right, the least first.
    pub const ALL: [Right; 3] = [Right::None, Right::Read, Right::Edit];
}

/// A part of the clinic's software that rights are given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// The people and their accounts.
    Users,
    /// The computers, the profiles and their access forms.
    Computers,
    /// The log. Whoever may not read it reads their own lines.
    Activities,
    /// The clinic's name, time zone and language; the policies are the owners' alone.
    Settings,
}

impl Module {
    /// Every module, in the order of the screens.
    pub const ALL: [Module; 4] = [Module::Users, Module::Computers, Module::Activities, Module::Settings];
}

/// A right for each module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// [`Module::Users`]
    pub users: Right,
    /// [`Module::Computers`]
    pub computers: Right,
    /// [`Module::Activities`]
    pub activities: Right,
    /// [`Module::Settings`]
    pub settings: Right,
}

impl Rights {
    /// What a role may do by itself: the one table that the server holds people to and the screens show.
    pub fn of_role(role: Role) -> Rights {
        use Right::{Edit, None, Read};
        let row = |users, computers, activities, settings| Rights { users, computers, activities, settings };
        match role {
            Role::Owner => row(Edit, Edit, Edit, Edit),
            Role::Manager => row(Edit, Read, Read, None),
            Role::Employee => row(Read, None, None, None),
            Role::SystemAdministrator => row(Edit, Edit, Read, Edit),
        }
    }

    /// The right for a module.
    pub fn of(self, module: Module) -> Right {
        match module {
            Module::Users => self.users,
            Module::Computers => self.computers,
            Module::Activities => self.activities,
            Module::Settings => self.settings,
        }
    }

    /// The same rights with another one for a module.
    pub fn with(mut self, module: Module, right: Right) -> Self {
        match module {
            Module::Users => self.users = right,
            Module::Computers => self.computers = right,
            Module::Activities => self.activities = right,
            Module::Settings => self.settings = right,
        }
        self
    }
}

/// Whether the one who looks may do something, and if not, why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// They may.
    Allowed,
    /// Their role or rights do not reach so far.
    #[default]
    NotAllowed,
    /// Nobody does this to themselves.
    OwnAccount,
    /// The clinic would be left without an owner.
    LastOwner,
    /// The account is locked; an owner must unlock it first.
    Locked,
}
