//! French.

use super::PlacesTexts;

/// The sentences in French.
pub static FR: PlacesTexts = PlacesTexts {
    add_computer: "Ajouter un ordinateur",
    label: "Nom",
    label_hint: "L’endroit où il se trouve, par exemple « Accueil 1 ».",
    profile: "Profil",
    status: "État",
    last_seen: "Vu pour la dernière fois",
    here_now: "En ce moment",
    actions: "Actions",
    this_computer: "cet ordinateur",
    show_revoked: "Afficher les révoqués",
    authorized: "Autorisé",
    waiting: "Attend sa fiche",
    revoked: "Révoqué",
    rename: "Renommer",
    rename_computer: "Renommer ou déplacer l’ordinateur",
    move_ends: "Le passer à un autre profil déconnecte toutes les personnes qui y travaillent.",
    revoke: "Révoquer",
    revoke_title: "Révoquer l’ordinateur",
    revoke_words: |label, people| {
        let here = if people.is_empty() {
            String::new()
        } else {
            format!(" Connexions en cours, fermées aussitôt : {people}.")
        };
        format!(
            "Révoquer « {label} » ? Sa fiche d’accès ne sera plus valable ; pour s’en servir à nouveau, réémettez-la.{here}"
        )
    },
    revoke_own: "Vous êtes devant cet ordinateur : révoquez-le depuis un autre.",
    reissue: "Réémettre",
    reissue_title: "Nouvelle fiche d’accès",
    reissue_words: |label, own| {
        let after = if own {
            "Vous restez connecté ici ; le nouveau servira la prochaine fois."
        } else {
            "Tout le monde y est déconnecté jusqu’à la saisie du nouveau."
        };
        format!(
            "Établir une nouvelle fiche d’accès pour « {label} » ? L’ancien mot de passe est aussitôt annulé. {after}"
        )
    },
    remove: "Supprimer",
    remove_computer_title: "Supprimer l’ordinateur",
    remove_computer_words: |label| {
        format!(
            "Retirer « {label} » de la liste ? Le journal garde son nom. Il ne pourra pas revenir, seulement être ajouté à nouveau."
        )
    },
    reset: "Réinitialiser cet ordinateur",
    reset_words: |label| {
        format!(
            "Réinitialiser « {label} » ? Vous serez déconnecté et cet ordinateur reprendra à l’étape 1 : sa fiche d’accès sera nécessaire."
        )
    },
    add_profile: "Ajouter un profil",
    name: "Nom",
    name_hint: "Un lieu de travail, par exemple « Principal » ou « Dentaire ».",
    computers: "Ordinateurs",
    stopped: "Nouveau QR code nécessaire",
    rename_profile: "Renommer le profil",
    new_code: "Nouveau QR code",
    new_code_words: |name| {
        format!(
            "Créer un nouveau QR code pour « {name} » ? L’ancien est aussitôt annulé : chaque téléphone qui l’a doit scanner le nouveau avant toute nouvelle connexion. Les personnes déjà connectées continuent à travailler."
        )
    },
    remove_profile_title: "Supprimer le profil",
    remove_profile_words: |name| {
        format!(
            "Supprimer le profil « {name} » ? Son QR code n’ouvrira plus rien ; effacez-le des téléphones qui l’ont."
        )
    },
    in_use: "Des ordinateurs y appartiennent. Déplacez-les ou supprimez-les d’abord.",
    save: "Enregistrer",
    look_again: "Regarder de nouveau",
    stands_now: |now| format!("Actuellement : {now}. Enregistrez pour le remplacer."),
    gone: "Cela a été supprimé entre-temps.",
    saved: |name| format!("« {name} » est enregistré."),
    revoked_news: |label| format!("« {label} » est révoqué."),
    removed_news: |name| format!("« {name} » est supprimé."),
    read_only: "Vous pouvez consulter, mais rien modifier ici.",
    form_title: "Fiche d’accès",
    paper: "Papier",
    paper_a4: "Feuille A4",
    paper_card: "Carte, 85,6 × 54 mm",
    done: "Terminé",
    side_a: "Face A",
    side_b: "Face B",
    side_owner: "Pour le propriétaire",
    step_computer: "Étape 1 · Ordinateur",
    step_profile: "Étape 2 · Profil",
    step_user: "Étape 3 · Utilisateur",
    address: "Adresse",
    computer: "Ordinateur",
    username: "Nom de l’ordinateur",
    password: "Mot de passe",
    first_password: "Premier mot de passe",
    login: "Identifiant",
    side_a_about: "Ouvrez l’adresse sur l’ordinateur et saisissez les deux. Majuscules, espaces et tirets ne comptent pas.",
    side_b_about: "Scannez le code avec Yandex Key, Google Authenticator ou une autre application de ce type, puis saisissez les six chiffres affichés.",
    by_hand: "Ou saisissez à la main",
    code_name: |name| format!("Code QR du profil {name}"),
    keep_safe: "À garder sous clé, loin de l’ordinateur.",
    owner_about: "Pour la première connexion, après les étapes 1 et 2. Vous choisirez alors votre propre mot de passe.",
    form_ready: "La fiche d’accès est prête à imprimer.",
    setup_title: "Ouvrez votre clinique",
    setup_about: "Quelques lignes sur la clinique, son propriétaire et son premier ordinateur. À la fin, vous imprimez la fiche d’accès.",
    setup_no_token: "Ouvrez encore une fois le lien de votre message : sa dernière partie manquait dans l’adresse.",
    setup_until: |until| format!("Votre lien est valable jusqu’au {until}."),
    the_clinic: "La clinique",
    clinic: "Nom de la clinique",
    clinic_hint: "Tel qu’il figure sur les fiches d’accès et dans les e-mails.",
    time_zone: "Fuseau horaire",
    language: "Langue par défaut",
    the_owner: "Le propriétaire",
    the_owner_about: "Seul un propriétaire débloque les comptes et fixe les règles.",
    last_name: "Nom",
    first_name: "Prénom",
    middle_name: "Deuxième prénom",
    email: "E-mail",
    email_hint: "Les codes PIN de déblocage y sont envoyés.",
    the_place: "Le premier ordinateur",
    the_place_about: "D’autres ordinateurs et profils peuvent être ajoutés à tout moment.",
    first_computer: "Nom de l’ordinateur",
    first_profile: "Nom du profil",
    reception: "Accueil 1",
    main: "Principal",
    open_clinic: "Ouvrir la clinique",
    opened_title: |clinic| format!("{clinic} est ouverte"),
    to_sign_in: "Aller à la connexion",
    administrator: ("système", "Administrateur"),
};
