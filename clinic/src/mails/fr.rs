//! The mails in French.

use super::{Facts, Wording, Words};

pub(super) struct French;

impl Wording for French {
    fn account_locked(facts: &Facts<'_>, until: Option<&str>, again: bool) -> Words {
        Words {
            subject: "Compte bloqué",
            lead: format!(
                "Bonjour {}, votre compte à {} a été bloqué après trop de mots de passe erronés, le {}, sur l’ordinateur « {} ».",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: [
                Some("« Mot de passe oublié » ne fonctionne pas tant que le compte est bloqué. Adressez-vous à votre administrateur : le propriétaire de la clinique peut le débloquer.".into()),
                until.map(|until| format!("Il redeviendra actif de lui-même : {until}.")),
                again.then(|| "Votre compte a déjà été bloqué, sans bon mot de passe depuis. Dès qu’il sera de nouveau actif, appuyez sur « Mot de passe oublié ? » sur la page de connexion et choisissez un nouveau mot de passe avant de réessayer l’ancien.".into()),
                Some("Si ce n’est pas vous qui avez saisi ces mots de passe, dites-le aussi au propriétaire.".into()),
            ]
            .into_iter()
            .flatten()
            .collect(),
            link: None,
        }
    }

    fn user_account_locked(facts: &Facts<'_>, until: Option<&str>) -> Words {
        Words {
            subject: "Compte d’un utilisateur bloqué",
            lead: format!(
                "Le compte de {} à {} a été bloqué après trop de mots de passe erronés, le {}, sur l’ordinateur « {} ».",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: [
                Some("Avant de débloquer le compte, vérifiez auprès de la personne que c’est bien elle qui a essayé de se connecter.".into()),
                Some("Ce qui s’est passé auparavant se trouve sous Gestion / Journal d’activité. Pour débloquer, ouvrez le compte et appuyez sur Débloquer ; un code PIN vous sera envoyé par e-mail.".into()),
                until.map(|until| format!("Si vous ne le débloquez pas avant, il redeviendra actif de lui-même : {until}.")),
            ]
            .into_iter()
            .flatten()
            .collect(),
            link: Some("Ouvrir le compte"),
        }
    }

    fn user_account_unlock(facts: &Facts<'_>, minutes: i64) -> Words {
        Words {
            subject: "Déblocage d’un compte utilisateur",
            lead: format!(
                "Vous avez demandé un code PIN pour débloquer le compte de {} à {}. Vérifiez d’abord auprès de la personne que c’est bien elle qui a essayé de se connecter. Saisissez ensuite ce code PIN dans la fenêtre du compte :",
                facts.user, facts.clinic
            ),
            paragraphs: vec![
                format!("Il est valable {minutes} minutes et une seule fois, pour vous et pour ce compte uniquement. Le support ne vous le demandera jamais."),
                "Si vous ne l’avez pas demandé, quelqu’un est peut-être connecté à votre place : prévenez aussitôt un autre propriétaire ou l’administrateur système de la clinique.".into(),
            ],
            link: Some("Ouvrir le compte"),
        }
    }

    fn account_unlocked(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Votre compte est débloqué",
            lead: format!(
                "Bonjour {}, votre compte à {} est débloqué. Vous pouvez de nouveau vous connecter avec votre mot de passe.",
                facts.user, facts.clinic
            ),
            paragraphs: vec!["Si vous ne connaissez plus votre mot de passe, appuyez sur « Mot de passe oublié ? » sur la page de connexion avant de réessayer.".into()],
            link: None,
        }
    }

    fn access_restored(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Votre accès a été rétabli",
            lead: format!(
                "Bonjour {}, un nouveau mot de passe à usage unique a été créé pour votre compte à {}, le {}, sur l’ordinateur « {} ».",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec!["La personne qui l’a créé peut vous le dire ; il ne figure dans aucun message. L’ancien mot de passe ne fonctionne plus et vous avez été déconnecté partout. Si vous n’avez rien demandé, prévenez le propriétaire de la clinique.".into()],
            link: None,
        }
    }

    fn password_changed(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Votre mot de passe a été changé",
            lead: format!(
                "Bonjour {}, le mot de passe de votre compte à {} a été changé, le {}, sur l’ordinateur « {} ».",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec!["Vous avez été déconnecté de tous les autres ordinateurs. Si ce n’était pas vous, prévenez immédiatement le propriétaire ou l’administrateur système de la clinique.".into()],
            link: None,
        }
    }

    fn reset_your_password(facts: &Facts<'_>, minutes: i64) -> Words {
        Words {
            subject: "Réinitialisez votre mot de passe",
            lead: format!(
                "Bonjour {}, un nouveau mot de passe a été demandé pour votre compte à {}, le {}, sur l’ordinateur « {} ». Si c’était vous, choisissez-le avec le lien ci-dessous, sur l’appareil de votre choix.",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec![
                format!("Le lien est valable {minutes} minutes et une seule fois. Un lien plus récent le remplace."),
                "Si ce n’était pas vous, vous n’avez rien à faire : votre mot de passe reste le même. Si cela se reproduit, prévenez le propriétaire ou l’administrateur système de la clinique.".into(),
            ],
            link: Some("Choisir un nouveau mot de passe"),
        }
    }

    fn password_reset(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Votre mot de passe a été changé",
            lead: format!(
                "Bonjour {}, un nouveau mot de passe a été choisi pour votre compte à {}, le {}, avec le lien que nous vous avons envoyé.",
                facts.user, facts.clinic, facts.at
            ),
            paragraphs: vec!["Vous avez été déconnecté partout et pouvez vous connecter avec le nouveau mot de passe. Si ce n’était pas vous, quelqu’un d’autre lit vos e-mails : prévenez immédiatement le propriétaire ou l’administrateur système de la clinique.".into()],
            link: None,
        }
    }

    fn email_changed(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Votre adresse e-mail a été changée",
            lead: format!(
                "Bonjour {}, l’adresse e-mail de votre compte à {} a été changée, le {}, sur l’ordinateur « {} ».",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec!["Les messages concernant votre compte arrivent désormais à la nouvelle adresse ; celui-ci est le dernier à cette adresse. Si vous n’avez rien demandé, prévenez immédiatement un propriétaire ou l’administrateur système de la clinique.".into()],
            link: None,
        }
    }

    fn support_case_opened(facts: &Facts<'_>, case: &str, manager: &str, reason: &str) -> Words {
        Words {
            subject: "Demande de déblocage adressée au support",
            lead: format!(
                "{manager} a demandé au support de débloquer le compte de {} ({}), le {}, sur l’ordinateur « {} ». Motif indiqué : {reason}",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec![
                format!("Le support rappelle avant de débloquer quoi que ce soit. Le dossier est {case} ; il reste ouvert 24 heures."),
                "Si cette demande n’est pas justifiée, ouvrez le compte et retirez-la, ou débloquez le compte vous-même.".into(),
            ],
            link: Some("Ouvrir le compte"),
        }
    }

    fn support_case_read(facts: &Facts<'_>, case: &str, operator: &str, manager: &str) -> Words {
        Words {
            subject: "Le support consulte un dossier",
            lead: format!(
                "{operator}, du support, a ouvert le dossier par lequel {manager} demande de débloquer le compte de {} ({}), le {}.",
                facts.user, facts.clinic, facts.at
            ),
            paragraphs: vec![
                format!("Le dossier est {case}. Le support rappelle avant de débloquer quoi que ce soit, et vous recevrez alors un autre e-mail."),
                "Si ce n’est pas normal, ouvrez le compte et retirez le dossier, ou débloquez le compte vous-même.".into(),
            ],
            link: Some("Ouvrir le compte"),
        }
    }

    fn support_case_used(facts: &Facts<'_>, case: &str, operator: &str, manager: &str) -> Words {
        Words {
            subject: "Le support a débloqué un compte",
            lead: format!(
                "{operator}, du support, a débloqué le compte de {} ({}), le {}, à la demande de {manager}.",
                facts.user, facts.clinic, facts.at
            ),
            paragraphs: vec![
                format!("Le dossier est {case}. Ce qui a été fait figure sous Gestion / Journal d’activité."),
                "Si vous n’en savez rien, renseignez-vous tout de suite auprès de cette personne.".into(),
            ],
            link: Some("Ouvrir le compte"),
        }
    }

    fn computer_authorized(facts: &Facts<'_>, address: &str) -> Words {
        Words {
            subject: "Nouvel ordinateur autorisé",
            lead: format!(
                "Chez {}, un navigateur a été autorisé comme ordinateur « {} », avec sa fiche d’accès, le {}. Adresse réseau : {address}",
                facts.clinic, facts.computer, facts.at
            ),
            paragraphs: vec![
                "Si c’était l’un de vous, il n’y a rien à faire. Un navigateur connu est signalé de nouveau après une réinitialisation ou la perte de ses données.".into(),
                "Si personne de la clinique ne l’a fait, quelqu’un d’autre a la fiche d’accès : ouvrez les ordinateurs, puis révoquez celui-ci ou donnez-lui une nouvelle fiche.".into(),
            ],
            link: Some("Ouvrir les ordinateurs"),
        }
    }

    fn emergency_unlock(facts: &Facts<'_>, reason: &str) -> Words {
        Words {
            subject: "Un propriétaire a été débloqué en urgence",
            lead: format!(
                "L’opérateur de ce Wardkey a débloqué le compte de {} ({}), le {}, parce que tous les propriétaires de la clinique étaient bloqués. La raison indiquée : {reason}",
                facts.user, facts.clinic, facts.at
            ),
            paragraphs: vec![
                "L’opérateur n’en a reçu ni mot de passe ni accès : le compte s’ouvre avec son mot de passe, comme avant. Ce qui a été fait figure sous Gestion / Journal d’activité.".into(),
                "Si personne d’entre vous ne l’a demandé, interrogez tout de suite l’opérateur.".into(),
            ],
            link: Some("Ouvrir le compte"),
        }
    }

    fn profile_reopened(facts: &Facts<'_>, profile: &str, reason: &str) -> Words {
        Words {
            subject: "Un profil arrêté accepte de nouveau les codes",
            lead: format!(
                "L’opérateur de ce Wardkey a permis au profil « {profile} » ({}) d’accepter de nouveau les codes, le {} : des codes erronés l’avaient arrêté, et plus personne ne passait l’étape 2. La raison indiquée : {reason}",
                facts.clinic, facts.at
            ),
            paragraphs: vec![
                "Les applications d’authentification affichent les mêmes codes qu’avant. Quelqu’un en a essayé beaucoup : donnez bientôt un nouveau QR code au profil.".into(),
                "Si personne d’entre vous ne l’a demandé, interrogez tout de suite l’opérateur.".into(),
            ],
            link: Some("Ouvrir les profils"),
        }
    }

    fn footer(clinic: &str) -> String {
        format!("{clinic} · envoyé par Wardkey. Merci de ne pas répondre : personne ne lit cette boîte.")
    }
}
