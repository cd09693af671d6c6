//! Français.

use wire::{ProblemCode, Role, activities::Action, users::UnlockPermission};

use super::{
    Account, Activities, Common, Forgot, Refusal, Shell, SignIn, Texts, Users, plural::french as plural,
};

/// The sentences in French.
pub static TEXTS: Texts = Texts {
    common: Common {
        language: "Langue",
        loading: "Chargement…",
        offline: "Pas de connexion. Vérifiez le réseau, puis réessayez.",
        try_again: "Réessayer",
        try_again_now: "Vous pouvez réessayer.",
        refresh: "Actualiser",
        show_characters: "Afficher les caractères",
        hide_characters: "Masquer les caractères",
        nothing: "—",
        unknown_page: "Cette page n’existe pas",
        unknown_page_about: "L’adresse est peut-être mal saisie, ou la page a été déplacée.",
        to_start: "Aller à l’accueil",
    },
    sign_in: SignIn {
        progress: |step| format!("Étape {step} sur 3"),
        path: "Étapes de la connexion",
        computer_lost: "Cet ordinateur doit être autorisé de nouveau\u{a0}: sa fiche d’accès a été révoquée ou remplacée, ou il est resté longtemps sans servir.",
        clock_off: |clinic, device| format!("Clinique\u{a0}: {clinic} · Cet appareil\u{a0}: {device}"),
        clock_advice: "Les deux horloges diffèrent, et les codes suivent celle de la clinique. Si un code est refusé, réglez sur automatique la date et l’heure de l’appareil qui l’affiche.",
        path_names: ["Ordinateur", "Profil", "Utilisateur"],
        computer_title: "Autorisation de l’ordinateur",
        computer_about: "Saisissez le nom et le mot de passe de la face A de la fiche d’accès de cet ordinateur.",
        username: "Nom de l’ordinateur",
        password: "Mot de passe",
        computer_password_hint: "24 caractères. Majuscules, espaces et tirets sont sans importance.",
        next: "Continuer",
        profile_title: "Autorisation du profil",
        profile_about: "Ouvrez l’application d’authentification de ce profil et saisissez les six chiffres affichés.",
        code: "Code",
        code_hint: "Un nouveau code apparaît toutes les 30 secondes.",
        user_title: "Autorisation de l’utilisateur",
        login: "Identifiant",
        sign_in: "Se connecter",
        forgot: "Mot de passe oublié\u{a0}?",
        unlocked: "Votre compte est débloqué. Vous pouvez de nouveau vous connecter.",
        question_expired: "La question est restée ouverte trop longtemps. Veuillez vous reconnecter.",
        session_ended: "Vous avez été déconnecté. Veuillez vous reconnecter.",
        question_title: "Est-ce bien vous\u{a0}?",
        question_about: "Vous allez vous connecter en tant que",
        yes: "Oui, se connecter",
        no: "Non, changer d’utilisateur",
        locked_title: "Votre compte est bloqué",
        locked_about: "Trop de mots de passe erronés à la suite. Demandez au propriétaire de la clinique de débloquer le compte.",
        locked_forgot: "Tant que le compte est bloqué, «\u{a0}Mot de passe oublié\u{a0}?\u{a0}» ne fonctionne pas.",
        locked_waiting: "Laissez cette page ouverte\u{a0}: elle continuera d’elle-même dès le déblocage.",
        new_password_title: "Choisissez votre mot de passe",
        new_password_about: "Vous vous êtes connecté avec un premier mot de passe. Désormais, vous seul connaîtrez le vôtre.",
        new_password: "Nouveau mot de passe",
        password_rule: |least| {
            format!(
                "Au moins {least} {}. Ni un mot de passe courant, ni votre nom, ni votre identifiant.",
                plural(least, "caractère", "caractères")
            )
        },
        save_and_sign_in: "Enregistrer et se connecter",
    },
    shell: Shell {
        skip: "Aller au contenu",
        places: "Rubriques",
        clinic: "Ma clinique",
        user_management: "Gestion des utilisateurs",
        users: "Utilisateurs",
        computers: "Ordinateurs",
        profiles: "Profils",
        settings: "Paramètres",
        me: "Mon compte",
        add_user: "Ajouter un utilisateur",
        import_users: "Importer des utilisateurs",
        management: "Gestion",
        activities: "Journal d’activité",
        switch_user: "Changer d’utilisateur",
        sign_out: "Se déconnecter",
        signed_in_as: |name| format!("Connecté en tant que {name}"),
        signed_out: "Vous êtes déconnecté.",
        hello: |name| format!("Bonjour, {name}"),
        home_about: "Où souhaitez-vous aller\u{a0}?",
        users_about: "Les personnes de la clinique et leurs comptes",
        computers_about: "Les ordinateurs où l’on se connecte, et leurs fiches d’accès",
        settings_about: "Le nom de la clinique, son fuseau horaire et ses règles",
        activities_about: "Ce qui s’est passé, quand et sur quel ordinateur",
    },
    users: Users {
        search: "Rechercher un nom, un identifiant ou une fonction",
        found: |n| format!("{n} {}", plural(n, "utilisateur", "utilisateurs")),
        none_found: "Aucun résultat. Essayez avec moins de lettres.",
        name: "Nom",
        login: "Identifiant",
        position: "Fonction",
        role: "Rôle",
        status: "Statut",
        active: "Actif",
        locked: "Bloqué",
        removed: "Supprimé",
    },
    account: Account {
        back: "Tous les utilisateurs",
        email: "E-mail",
        last_sign_in: "Dernière connexion",
        never: "jamais",
        lock: "Le blocage",
        since: "Bloqué depuis le",
        computer: "Sur l’ordinateur",
        tries_since: "Tentatives depuis",
        verify: "Avant de débloquer, assurez-vous auprès de la personne que c’était bien elle.",
        unlock: "Débloquer",
        permission: |permission| match permission {
            UnlockPermission::Allowed => None,
            UnlockPermission::OnlyOwners => {
                Some("Seul un propriétaire de la clinique peut débloquer un compte.")
            }
            UnlockPermission::OwnAccount => Some(
                "On ne débloque pas son propre compte. Adressez-vous à un autre propriétaire ou à l’assistance.",
            ),
            UnlockPermission::NoEmail => Some(
                "Votre compte n’a pas d’adresse e-mail à laquelle envoyer le code PIN. Ajoutez-en une d’abord.",
            ),
        },
        pin_sent: |hint| format!("Code PIN envoyé à {hint}"),
        pin_prompt: "Veuillez saisir le code PIN pour débloquer le compte.",
        pin: "Code PIN",
        pin_valid: |until, tries| {
            format!(
                "Valable jusqu’au {until}\u{a0}; {tries} {}.",
                plural(tries, "essai restant", "essais restants")
            )
        },
        confirm: "Confirmer",
        new_pin: "Envoyer un nouveau code PIN",
        unlocked: "Compte débloqué",
    },
    activities: Activities {
        at: "Date et heure",
        action: "Action",
        user: "Utilisateur",
        by: "Par",
        computer: "Ordinateur",
        address: "Adresse",
        unknown_login: "identifiant inconnu",
        operator: "opérateur",
        older: "Afficher les lignes plus anciennes",
        end: "Le journal commence ici.",
        own_only: "Vous voyez les lignes qui vous concernent.",
        zone: |zone| format!("Fuseau horaire\u{a0}: {zone}"),
    },
    forgot: Forgot {
        title: "Mot de passe oublié\u{a0}?",
        about: "Dans votre clinique, quelqu’un peut vous aider tout de suite\u{a0}:",
        owner: "le propriétaire de la clinique,",
        manager: "un responsable,",
        administrator: "ou l’administrateur système de la clinique, dont l’identifiant commence par sys_.",
        locked: "Votre compte est bloqué\u{a0}? Un nouveau mot de passe n’y changera rien\u{a0}: seul un propriétaire peut le débloquer.",
        back: "Retour à la connexion",
    },
    idle: &super::idle::FR,
    once: &super::once::FR,
    people: &super::people::FR,
    places: &super::places::FR,
    me: &super::me::FR,
    settings: &super::settings::FR,
    changes: &super::changes::FR,
    role: |role| match role {
        Role::Owner => "Propriétaire",
        Role::Manager => "Responsable",
        Role::Employee => "Employé",
        Role::SystemAdministrator => "Administrateur système",
    },
    action: |action| match action {
        Action::ClinicOpened => "Clinique créée",
        Action::ComputerAuthorized => "Ordinateur autorisé",
        Action::ComputerAuthorizationFailed => "Échec d’autorisation de l’ordinateur",
        Action::ProfileAuthorized => "Profil autorisé",
        Action::ProfileAuthorizationFailed => "Échec d’autorisation du profil",
        Action::LoginSucceeded => "Connexion réussie",
        Action::LoginDeclined => "Connexion refusée par l’utilisateur",
        Action::LoginFailed => "Échec de connexion",
        Action::LoginFailedLocked => "Échec de connexion (compte bloqué)",
        Action::AccountLocked => "Compte bloqué",
        Action::PinSent => "Code PIN envoyé",
        Action::AccountUnlockFailed => "Échec de déblocage",
        Action::AccountUnlocked => "Compte débloqué",
        Action::SignedOut => "Déconnexion",
        Action::AccountUnlockedAutomatically => "Compte débloqué (automatiquement)",
        Action::PasswordChanged => "Mot de passe modifié",
        Action::SignedOutEverywhere => "Déconnexion partout",
        Action::UserAdded => "Utilisateur ajouté",
        Action::UserEdited => "Utilisateur modifié",
        Action::UserRemoved => "Utilisateur supprimé",
        Action::UserBroughtBack => "Utilisateur réintégré",
        Action::AccessRestored => "Accès rétabli",
        Action::ComputerAdded => "Ordinateur ajouté",
        Action::ComputerEdited => "Ordinateur modifié",
        Action::ComputerRevoked => "Ordinateur révoqué",
        Action::ComputerReissued => "Fiche d’accès redélivrée",
        Action::ComputerRemoved => "Ordinateur supprimé",
        Action::ComputerReset => "Ordinateur réinitialisé",
        Action::ProfileAdded => "Profil ajouté",
        Action::ProfileRenamed => "Profil renommé",
        Action::ProfileReissued => "QR code redélivré",
        Action::ProfileRemoved => "Profil supprimé",
        Action::SettingsChanged => "Paramètres modifiés",
        Action::PolicyChanged => "Règles modifiées",
    },
    problem,
};

fn problem(refusal: Refusal) -> String {
    let wait = match refusal.wait_seconds {
        0 => "dans un instant".to_owned(),
        seconds => format!("dans {}", super::span(seconds, ["h", "min", "s"])),
    };
    let tries = |sentence: &str, few: u32| match refusal.tries_left {
        Some(n) if n <= few => {
            format!("{sentence} Il reste {n} {}.", plural(n, "tentative", "tentatives"))
        }
        _ => sentence.to_owned(),
    };
    match refusal.code {
        ProblemCode::MalformedRequest | ProblemCode::UnsupportedMediaType | ProblemCode::MethodNotAllowed => {
            "Cette page n’est plus à jour. Rechargez-la, puis réessayez.".into()
        }
        ProblemCode::RequestTooLarge => "C’est trop long. Veuillez raccourcir.".into(),
        ProblemCode::NotFound => "Cela n’existe pas dans votre clinique, ou n’existe plus.".into(),
        ProblemCode::ForeignOrigin => {
            "La demande venait d’un autre site et a été refusée. Ouvrez Wardkey à sa propre adresse.".into()
        }
        ProblemCode::NotAllowed => {
            "Votre rôle ne le permet pas. Adressez-vous au propriétaire de la clinique.".into()
        }
        ProblemCode::Busy => format!("Trop de demandes à la fois. Réessayez {wait}."),
        ProblemCode::Internal => "Une erreur est survenue chez nous. Rien n’a changé\u{a0}; veuillez réessayer.".into(),
        ProblemCode::UsernameMalformed => {
            "Un nom d’ordinateur ressemble à k7m2qx4p9d-1. Recopiez-le de la face A de la fiche d’accès.".into()
        }
        ProblemCode::PasswordMissing => "Saisissez le mot de passe.".into(),
        ProblemCode::PasswordTooLong => {
            "Un mot de passe compte 128 caractères au plus. Vérifiez ce que vous avez collé.".into()
        }
        ProblemCode::LoginMalformed => {
            "Un identifiant ne contient que des lettres latines sans accent, des chiffres, des points, des tirets et des traits de soulignement. Vérifiez la disposition du clavier."
                .into()
        }
        ProblemCode::CodeMalformed => "Saisissez les six chiffres de l’application d’authentification.".into(),
        ProblemCode::PinMalformed => "Saisissez les six chiffres du code PIN reçu par e-mail.".into(),
        ProblemCode::EmailMalformed => "Vérifiez l’adresse\u{a0}: elle ressemble à nom@example.org.".into(),
        ProblemCode::NameMalformed => "Saisissez de 1 à 100 caractères.".into(),
        ProblemCode::TimeZoneUnknown => "Choisissez un fuseau horaire tel que Europe/Paris.".into(),
        ProblemCode::LoginTaken => "Cet identifiant existe déjà dans la clinique. Choisissez-en un autre.".into(),
        ProblemCode::LoginConfusable => {
            "Cet identifiant ressemble trop à un autre, ou contient des lettres qui ne sont latines qu’en apparence. Choisissez-en un autre.".into()
        }
        ProblemCode::LoginPrefix => {
            "Les identifiants des administrateurs système commencent par sys_, et eux seuls.".into()
        }
        ProblemCode::EmailMissing => {
            "Un propriétaire a besoin d’une adresse e-mail\u{a0}: les codes PIN de déblocage y sont envoyés.".into()
        }
        ProblemCode::NameTaken => "Ce nom est déjà pris. Choisissez-en un autre.".into(),
        ProblemCode::RoleNotAllowed => {
            "Vous ne pouvez pas attribuer ce rôle. Choisissez-en un autre ou adressez-vous à un propriétaire.".into()
        }
        ProblemCode::RightsNotAllowed => {
            "On ne donne ni ne retire des droits que l’on n’a pas. Adressez-vous à un propriétaire.".into()
        }
        ProblemCode::OutOfBounds => "Saisissez un nombre entier dans les limites indiquées à côté.".into(),
        ProblemCode::PasswordWrong => tries(
            "Votre mot de passe actuel est incorrect. Vérifiez le verrouillage des majuscules et la disposition du clavier.",
            2,
        ),
        ProblemCode::PasswordTooShort => {
            "Ce mot de passe est trop court. La longueur demandée est indiquée près du champ.".into()
        }
        ProblemCode::PasswordCommon => {
            "Ce mot de passe est de ceux que tout le monde essaie d’abord. Choisissez-en un autre.".into()
        }
        ProblemCode::PasswordNamesPerson => {
            "Un nom ou un identifiant fait un mauvais mot de passe\u{a0}: tout le monde le connaît. Choisissez-en un autre.".into()
        }
        ProblemCode::PasswordUnchanged => "C’est votre mot de passe actuel. Choisissez-en un nouveau.".into(),
        ProblemCode::EditedMeanwhile => {
            "Quelqu’un a modifié ceci entre-temps. Votre saisie est toujours là\u{a0}: regardez de nouveau avant d’enregistrer.".into()
        }
        ProblemCode::LastOwner => {
            "La clinique n’aurait plus de propriétaire. Nommez-en d’abord un autre.".into()
        }
        ProblemCode::UnlockFirst => "Le compte est bloqué. Un propriétaire doit d’abord le débloquer.".into(),
        ProblemCode::UserRemoved => "Ce compte a été supprimé. Réintégrez-le d’abord.".into(),
        ProblemCode::UserNotRemoved => "Ce compte n’est plus supprimé\u{a0}: il n’y a personne à réintégrer.".into(),
        ProblemCode::OwnComputer => {
            "Vous travaillez sur cet ordinateur même. Faites-le depuis un autre, ou choisissez «\u{a0}Réinitialiser cet ordinateur\u{a0}».".into()
        }
        ProblemCode::ComputerNotRevoked => "Cet ordinateur est encore en service. Révoquez-le d’abord.".into(),
        ProblemCode::ComputerIsRevoked => {
            "Cet ordinateur est révoqué. Délivrez-lui d’abord une nouvelle fiche d’accès.".into()
        }
        ProblemCode::ProfileInUse => {
            "Des ordinateurs appartiennent encore à ce profil. Attribuez-leur d’abord un autre profil.".into()
        }
        ProblemCode::ImportMalformed => {
            "Cette liste n’a pas pu être lue. Il faut un fichier CSV de 1 à 1\u{202f}000 lignes.".into()
        }
        ProblemCode::SetupLinkWrong => {
            "Ce lien est incomplet. Copiez-le en entier ou demandez-en un nouveau.".into()
        }
        ProblemCode::SetupLinkExpired => "Ce lien a plus de 24 heures. Demandez-en un nouveau.".into(),
        ProblemCode::SetupLinkUsed => {
            "Ce lien a déjà servi à créer sa clinique. Connectez-vous avec la fiche d’accès ou demandez un nouveau lien.".into()
        }
        ProblemCode::ComputerWrong => {
            "Nom ou mot de passe incorrect. Comparez-les avec la face A de la fiche d’accès.".into()
        }
        ProblemCode::SlowDown => format!("Trop de tentatives avec ce nom. Réessayez {wait}."),
        ProblemCode::ComputerRequired => "Cet ordinateur doit d’abord être autorisé.".into(),
        ProblemCode::ProfileRequired => {
            "Le profil doit être autorisé de nouveau. Saisissez un nouveau code.".into()
        }
        ProblemCode::CodeWrong => tries(
            "Ce code est incorrect. Saisissez le plus récent\u{a0}; si cela échoue encore, réglez l’heure du téléphone sur automatique.",
            2,
        ),
        ProblemCode::CodeUsed => format!("Ce code a déjà servi. Le suivant apparaît {wait}."),
        ProblemCode::CodesPaused => format!("Trop de codes incorrects. Réessayez {wait}."),
        ProblemCode::ProfileStopped => {
            "Ce profil n’accepte plus de codes. Demandez un nouveau QR code au propriétaire ou à l’administrateur système."
                .into()
        }
        ProblemCode::LoginWrong => tries(
            "Identifiant ou mot de passe incorrect. Vérifiez le verrouillage des majuscules et la disposition du clavier.",
            2,
        ),
        ProblemCode::AccountLocked => {
            "Le compte est bloqué après trop de mots de passe erronés. Demandez au propriétaire de la clinique de le débloquer."
                .into()
        }
        ProblemCode::QuestionExpired => TEXTS.sign_in.question_expired.into(),
        ProblemCode::SessionRequired => TEXTS.sign_in.session_ended.into(),
        ProblemCode::NotLocked => "Le compte n’est plus bloqué. Il n’y a rien à faire.".into(),
        ProblemCode::OwnAccount => {
            "On ne fait pas cela à son propre compte. Adressez-vous à un autre propriétaire ou à l’assistance.".into()
        }
        ProblemCode::PinWrong => {
            tries("Ce code PIN est incorrect. Comparez-le avec le dernier e-mail.", u32::MAX)
        }
        ProblemCode::PinExpired => "Ce code PIN n’est plus valable. Envoyez-en un nouveau.".into(),
        ProblemCode::PinSpent => "Ce code PIN a été mal saisi trop souvent. Envoyez-en un nouveau.".into(),
        ProblemCode::PinTriesExhausted => {
            format!("Trop de codes PIN erronés aujourd’hui pour ce compte. Réessayez {wait}.")
        }
        ProblemCode::PinTooMany => {
            format!("Trop de codes PIN ont été envoyés. Cherchez le dernier e-mail, ou réessayez {wait}.")
        }
    }
}
