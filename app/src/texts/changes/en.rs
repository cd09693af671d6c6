//! English.

use wire::{
    activities::Changed,
    rights::{Module, Right},
};

use super::ChangesTexts;

pub static EN: ChangesTexts = ChangesTexts {
    what: |what| match what {
        Changed::FullName => "Name",
        Changed::Login => "Login",
        Changed::Email => "E-mail",
        Changed::Position => "Position",
        Changed::Role => "Role",
        Changed::Right(_) => "Rights",
        Changed::Language => "Language",
        Changed::Computer => "Computer",
        Changed::Profile => "Profile",
        Changed::ClinicName => "Name of the clinic",
        Changed::TimeZone => "Time zone",
        Changed::Policy(_) => "Policy",
    },
    right_in: |module| format!("Rights in {module}"),
    module: |module| match module {
        Module::Users => "Users",
        Module::Computers => "Computers",
        Module::Activities => "Activities",
        Module::Settings => "Settings",
    },
    right: |right| match right {
        Right::None => "none",
        Right::Read => "read",
        Right::Edit => "edit",
    },
    from_to: |what, old, new| format!("{what}: {old} → {new}"),
    only: |what, value| format!("{what}: {value}"),
    nothing: "none",
};
