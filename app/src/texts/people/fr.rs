//! Français.

use wire::rights::Permission;

use super::PeopleTexts;
use crate::texts::plural::french as plural;

pub static FR: PeopleTexts = PeopleTexts {
    add: "Ajouter un utilisateur",
    import: "Importer",
    every_role: "Tous les rôles",
    present: "Actifs et bloqués",
    sort: "Trier par",
    more: "Afficher plus",
    may_add_nobody: "Votre rôle ne permet pas d’ajouter des utilisateurs. Adressez-vous au propriétaire ou à l’administrateur système.",

    last_name: "Nom",
    first_name: "Prénom",
    middle_name: "Deuxième prénom",
    if_any: "S’il y en a un",
    email_hint: "Les messages sur le compte arrivent ici. Un propriétaire en a besoin : les codes PIN y sont envoyés.",
    login_hint: "Formé à partir du nom ; vous pouvez le modifier.",
    language: "Langue des e-mails",
    rights: "Droits d’accès",
    as_role: "Ceux du rôle",
    own: "Choisis pour cette personne",
    owner_rights: "Un propriétaire peut tout faire.",

    added: |name| format!("Compte ajouté : {name}"),
    add_another: "En ajouter un autre",
    open_account: "Ouvrir le compte",

    edit: "Modifier",
    save: "Enregistrer",
    saved: "Enregistré",
    restore: "Rétablir l’accès",
    restore_title: "Rétablir l’accès ?",
    restore_about: |name| {
        format!(
            "{name} reçoit un nouveau premier mot de passe, à remettre en main propre. L’ancien cesse de fonctionner et toutes ses sessions se terminent."
        )
    },
    restored: |name| format!("Nouveau premier mot de passe pour {name}"),
    remove: "Supprimer",
    remove_title: "Supprimer cet utilisateur ?",
    remove_about: |name| {
        format!(
            "{name} est déconnecté partout en moins d’une seconde et ne peut plus se connecter. L’identifiant ne sera jamais donné à quelqu’un d’autre, et le journal garde le nom. Le compte pourra être rétabli plus tard."
        )
    },
    removed: |name| format!("Compte supprimé : {name}"),
    bring_back: "Réintégrer",
    bring_back_title: "Faire revenir cet utilisateur ?",
    bring_back_about: |name| {
        format!(
            "{name} pourra se reconnecter avec le même identifiant et un nouveau premier mot de passe, à remettre en main propre."
        )
    },
    brought_back: |name| format!("Compte rétabli : {name}"),
    permission: |permission| match permission {
        Permission::Allowed | Permission::NotAllowed => None,
        Permission::OwnAccount => {
            Some("C’est votre propre compte : un autre propriétaire ou administrateur doit s’en charger.")
        }
        Permission::LastOwner => Some("La clinique a besoin d’un propriétaire, et c’est le dernier."),
        Permission::Locked => Some("Le compte est bloqué. Un propriétaire doit d’abord le débloquer."),
    },
    role_fixed: "Le rôle et les droits restent tels quels :",
    removed_since: "Supprimé depuis",
    first_password_pending: "encore en vigueur",
    account: "Le compte",
    history: "Dernières activités",
    whole_log: "Toutes les activités",

    edited_meanwhile: "Quelqu’un a modifié ce compte entre-temps. Votre saisie est toujours là.",
    look_again: "Regarder de nouveau",
    theirs: "Ce qui est enregistré",
    theirs_about: "« Enregistrer » le remplace par votre saisie.",
    theirs_same: "Ce qui est enregistré est identique à votre saisie.",
    take_theirs: "Reprendre ceci",

    list: "La liste",
    list_about: "Un fichier CSV, une personne par ligne : nom, prénom, deuxième prénom, fonction, e-mail, rôle, identifiant. Seuls le nom et le prénom sont nécessaires. Personne n’est ajouté avant que vous ayez tout vu.",
    choose_file: "Choisir un fichier",
    drop_here: "ou déposez-le ici.",
    sample: "Télécharger un exemple",
    sample_lines: "nom;prénom;deuxième prénom;fonction;e-mail;rôle;identifiant\r\nMercier;Claire;;Infirmière;claire@clinic.example;employée;\r\n",
    paste: "Ou collez la liste ici",
    check: "Vérifier la liste",
    read_as: |file, encoding| format!("{file}, lu en {encoding}"),
    checked: |right, wrong| {
        let people = plural(right, "personne peut être ajoutée", "personnes peuvent être ajoutées");
        match wrong {
            0 => format!("{right} {people}."),
            _ => format!(
                "{right} {people}, {wrong} {}.",
                plural(wrong, "ligne pose problème", "lignes posent problème")
            ),
        }
    },
    leave_out: |n| {
        format!("Laisser de côté {n} {}", plural(n, "ligne qui pose problème", "lignes qui posent problème"))
    },
    line: "Ligne",
    problem: "Problème",
    ready: "Prêt",
    import_people: |n| format!("Ajouter {n} {}", plural(n, "personne", "personnes")),
    other_list: "Une autre liste",
    passwords: |done, all| format!("Création des premiers mots de passe : {done} sur {all}"),
    refused: "Personne n’a été ajouté : entre-temps, ces lignes posent problème.",
    imported: |n| format!("{n} {}", plural(n, "personne ajoutée", "personnes ajoutées")),
    not_started: "Annulé. Personne n’a été ajouté.",
};
