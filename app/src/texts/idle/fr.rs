//! Français.

use super::IdleTexts;
use crate::texts::plural::french as plural;

pub static FR: IdleTexts = IdleTexts {
    title: "Êtes-vous toujours là\u{a0}?",
    about: |seconds| {
        format!("Vous serez déconnecté dans {seconds} {}.", plural(seconds, "seconde", "secondes"))
    },
    stay: "Rester connecté",
    signed_out: |minutes| {
        format!(
            "Personne n’a utilisé cet ordinateur pendant {minutes} {}. Veuillez vous reconnecter.",
            plural(minutes, "minute", "minutes")
        )
    },
};
