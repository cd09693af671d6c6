//! Français.

use super::MeTexts;
use crate::texts::plural::french as plural;

pub static FR: MeTexts = MeTexts {
    about_me: "À propos de moi",
    wrong_data: "Une erreur\u{a0}? Les personnes qui gèrent les utilisateurs de la clinique peuvent la corriger.",
    mails_in: "Langue de mes e-mails",
    mails_hint: "Le changement est immédiat.",
    language_saved: "Vos e-mails arriveront désormais dans cette langue",
    password: "Mon mot de passe",
    current: "Mot de passe actuel",
    change_password: "Changer le mot de passe",
    password_changed: "Mot de passe modifié. Vous êtes déconnecté partout ailleurs.",
    sessions: "Où je suis connecté",
    signed_in_since: "Connecté depuis le",
    here: "cet ordinateur",
    everywhere: "Se déconnecter partout",
    everywhere_title: "Se déconnecter partout\u{a0}?",
    everywhere_words: |n| {
        format!("Vous serez déconnecté de {n} {}, celui-ci compris.", plural(n, "ordinateur", "ordinateurs"))
    },
    signed_out: "Vous êtes déconnecté partout.",
    recent: "Mon activité récente",
};
