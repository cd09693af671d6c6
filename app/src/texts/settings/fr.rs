//! Français.

use super::{PolicyTexts, SettingsTexts};
use crate::texts::plural::french as plural;

pub static FR: SettingsTexts = SettingsTexts {
    clinic: "La clinique",
    name: "Nom de la clinique",
    time_zone: "Fuseau horaire",
    time_there: |time| format!("Il y est maintenant {time}."),
    language: "Langue par défaut",
    language_hint: "Pour la page de connexion et l’ordre des noms.",
    save: "Enregistrer",
    saved: "Paramètres enregistrés",
    policies: "Règles",
    policies_saved: "Règles enregistrées",
    owners_only: "Seul un propriétaire de la clinique peut modifier les règles.",
    read_only: "Vous pouvez consulter les paramètres, mais pas les modifier.",
    look_again: "Regarder de nouveau",
    stands_now: |value| format!("Quelqu’un a mis ici\u{a0}: {value}"),
    bounds: |min, max| format!("De {min} à {max}."),
    off: "désactivé",
    on: "activé",
    minutes: |n| format!("après {n} {}", plural(n, "minute", "minutes")),
    policy: |name| match name {
        "strikes_max" => PolicyTexts {
            name: "Mots de passe erronés avant blocage",
            about: "Autant de mots de passe erronés à la suite bloquent un compte.",
            unit: |n| plural(n, "mot de passe", "mots de passe"),
        },
        "password_length_min" => PolicyTexts {
            name: "Longueur minimale du mot de passe",
            about: "Un mot de passe choisi par quelqu’un compte au moins autant de caractères.",
            unit: |n| plural(n, "caractère", "caractères"),
        },
        "computer_unused_days" => PolicyTexts {
            name: "Ordinateur inutilisé",
            about: "Un ordinateur resté aussi longtemps sans servir doit être autorisé de nouveau.",
            unit: |n| plural(n, "jour", "jours"),
        },
        "profile_hours" => PolicyTexts {
            name: "Journée de travail",
            about: "Passé ce délai, un nouveau code est demandé et chacun se reconnecte.",
            unit: |n| plural(n, "heure", "heures"),
        },
        "idle_minutes" => PolicyTexts {
            name: "Durée d’inactivité",
            about: "Un écran resté aussi longtemps sans usage redemande le mot de passe.",
            unit: |n| plural(n, "minute", "minutes"),
        },
        "log_years" => PolicyTexts {
            name: "Conservation du journal",
            about: "Les activités sont conservées au moins aussi longtemps.",
            unit: |n| plural(n, "an", "ans"),
        },
        "own_password" => PolicyTexts {
            name: "Mot de passe personnel à la première connexion",
            about: "Chacun remplace son premier mot de passe par un autre, connu de lui seul.",
            unit: |_| "",
        },
        "automatic_unlock_minutes" => PolicyTexts {
            name: "Réactivation automatique",
            about: "Un compte bloqué s’ouvre de lui-même après ce délai. Désactivé\u{a0}: seul un propriétaire l’ouvre.",
            unit: |n| plural(n, "minute", "minutes"),
        },
        _ => PolicyTexts { name: "Règle", about: "", unit: |_| "" },
    },
};
