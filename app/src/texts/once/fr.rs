//! Français.

use super::OnceTexts;

pub static FR: OnceTexts = OnceTexts {
    cancel: "Annuler",
    print: "Imprimer",
    copy: "Copier",
    copied: "Copié. Ne le collez que là où personne d’autre ne peut le lire.",
    not_copied: "Le navigateur n’a pas permis la copie. Imprimez ou notez.",
    shown_once: "Ceci ne s’affiche que maintenant, et plus jamais ensuite. Imprimez, copiez ou notez avant de partir.",
    done: "Terminé",
    have_it: "Je l’ai",
    leave_title: "Partir sans cela ?",
    leave_about: "Ce qui est affiché ici ne le sera plus. Vous ne l’avez ni imprimé ni copié.",
    leave: "Partir",
    password: "Premier mot de passe",
    slip_about: "Pour la première connexion. Ne le montrez à personne, s’il vous plaît.",
};
