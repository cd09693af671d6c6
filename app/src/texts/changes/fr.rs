//! Français.

use wire::{
    activities::Changed,
    rights::{Module, Right},
};

use super::ChangesTexts;

pub static FR: ChangesTexts = ChangesTexts {
    what: |what| match what {
        Changed::FullName => "Nom",
        Changed::Login => "Identifiant",
        Changed::Email => "E-mail",
        Changed::Position => "Fonction",
        Changed::Role => "Rôle",
        Changed::Right(_) => "Droits",
        Changed::Language => "Langue",
        Changed::Computer => "Ordinateur",
        Changed::Profile => "Profil",
        Changed::ClinicName => "Nom de la clinique",
        Changed::TimeZone => "Fuseau horaire",
        Changed::Policy(_) => "Règle",
    },
    right_in: |module| format!("Droits dans «\u{a0}{module}\u{a0}»"),
    module: |module| match module {
        Module::Users => "Utilisateurs",
        Module::Computers => "Ordinateurs",
        Module::Activities => "Journal d’activité",
        Module::Settings => "Paramètres",
    },
    right: |right| match right {
        Right::None => "aucun",
        Right::Read => "consultation",
        Right::Edit => "modification",
    },
    from_to: |what, old, new| format!("{what}\u{a0}: {old} → {new}"),
    only: |what, value| format!("{what}\u{a0}: {value}"),
    nothing: "rien",
};
