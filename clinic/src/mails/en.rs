//! The mails in English.

use super::{Facts, Wording, Words};

pub(super) struct English;

impl Wording for English {
    fn account_locked(facts: &Facts<'_>, until: Option<&str>, again: bool) -> Words {
        Words {
            subject: "Account Locked",
            lead: format!(
                "Hello {}, your account at {} was locked after too many wrong passwords, on {} at the computer \"{}\".",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: [
                Some("\"Forgot password\" will not work while the account is locked. Please contact your administrator: the owner of the clinic can unlock it.".into()),
                until.map(|until| format!("It becomes active again by itself: {until}.")),
                again.then(|| "Your account was locked before, with no right password since. Once it is active again, press \"Forgot password?\" on the sign-in page and choose a new password, before you try the old one again.".into()),
                Some("If it was not you who typed the passwords, please tell the owner that too.".into()),
            ]
            .into_iter()
            .flatten()
            .collect(),
            link: None,
        }
    }

    fn user_account_locked(facts: &Facts<'_>, until: Option<&str>) -> Words {
        Words {
            subject: "User Account Locked",
            lead: format!(
                "The account of {} at {} was locked after too many wrong passwords, on {} at the computer \"{}\".",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: [
                Some("Please verify with the employee that it was really they who tried to sign in, before you unlock the account.".into()),
                Some("What happened before is shown under Management / Activities. To unlock, open the account and press Unlock; you will get a PIN by e-mail.".into()),
                until.map(|until| format!("Unless you unlock it earlier, it becomes active again by itself: {until}.")),
            ]
            .into_iter()
            .flatten()
            .collect(),
            link: Some("Open the account"),
        }
    }

    fn user_account_unlock(facts: &Facts<'_>, minutes: i64) -> Words {
        Words {
            subject: "User Account Unlock",
            lead: format!(
                "You asked for a PIN code to unlock the account of the employee {} at {}. Please verify with the employee first. Then enter this PIN code in the account's window:",
                facts.user, facts.clinic
            ),
            paragraphs: vec![
                format!("It is good for {minutes} minutes and works once, for you and for this account only. Nobody from support will ever ask you for it."),
                "If you did not ask for it, somebody else may be signed in as you: tell another owner or the system administrator of the clinic at once.".into(),
            ],
            link: Some("Open the account"),
        }
    }

    fn account_unlocked(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Your account is unlocked",
            lead: format!(
                "Hello {}, your account at {} is unlocked. You can sign in again with your password.",
                facts.user, facts.clinic
            ),
            paragraphs: vec!["If you no longer know your password, press \"Forgot password?\" on the sign-in page before you try again.".into()],
            link: None,
        }
    }

    fn access_restored(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Your access was restored",
            lead: format!(
                "Hello {}, your account at {} was given a new one-time password, on {} at the computer \"{}\".",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec!["Whoever did it can tell you the password; it is in no mail. Your old password no longer works, and you were signed out everywhere. If you did not ask for it, please tell the owner of the clinic.".into()],
            link: None,
        }
    }

    fn password_changed(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Your password was changed",
            lead: format!(
                "Hello {}, the password of your account at {} was changed, on {} at the computer \"{}\".",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec!["You were signed out on every other computer. If it was not you, please tell the owner or the system administrator of the clinic at once.".into()],
            link: None,
        }
    }

    fn reset_your_password(facts: &Facts<'_>, minutes: i64) -> Words {
        Words {
            subject: "Reset your password",
            lead: format!(
                "Hello {}, somebody asked for a new password for your account at {}, on {} at the computer \"{}\". If it was you, choose one with the link below, on any device.",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec![
                format!("The link is good for {minutes} minutes and works once. A newer one takes its place."),
                "If it was not you, you need not do anything: your password stays as it is. If it happens again, please tell the owner or the system administrator of the clinic.".into(),
            ],
            link: Some("Choose a new password"),
        }
    }

    fn password_reset(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Your password was changed",
            lead: format!(
                "Hello {}, a new password was chosen for your account at {}, on {}, with the link that we mailed to you.",
                facts.user, facts.clinic, facts.at
            ),
            paragraphs: vec!["You were signed out everywhere, and can sign in with the new password. If it was not you, somebody else reads your mails: please tell the owner or the system administrator of the clinic at once.".into()],
            link: None,
        }
    }

    fn email_changed(facts: &Facts<'_>) -> Words {
        Words {
            subject: "Your e-mail address was changed",
            lead: format!(
                "Hello {}, the e-mail address of your account at {} was changed, on {} at the computer \"{}\".",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec!["Mails about your account go to the new address from now on; this is the last one to this address. If you did not ask for it, please tell an owner or the system administrator of the clinic at once.".into()],
            link: None,
        }
    }

    fn support_case_opened(facts: &Facts<'_>, case: &str, manager: &str, reason: &str) -> Words {
        Words {
            subject: "Support was asked to unlock an account",
            lead: format!(
                "{manager} has asked support to unlock the account of {} at {}, on {} at the computer \"{}\". The reason given: {reason}",
                facts.user, facts.clinic, facts.at, facts.computer
            ),
            paragraphs: vec![
                format!("Support rings back before it unlocks anything. The case is {case}; it is open for 24 hours."),
                "If this is not right, open the account and withdraw the case, or unlock the account yourself.".into(),
            ],
            link: Some("Open the account"),
        }
    }

    fn support_case_read(facts: &Facts<'_>, case: &str, operator: &str, manager: &str) -> Words {
        Words {
            subject: "Support is looking at a case",
            lead: format!(
                "{operator} of the support desk has opened the case of {}, whose account at {} {manager} has asked to unlock, on {}.",
                facts.user, facts.clinic, facts.at
            ),
            paragraphs: vec![
                format!("The case is {case}. Support rings back before it unlocks anything, and you get another mail when it has."),
                "If this is not right, open the account and withdraw the case, or unlock the account yourself.".into(),
            ],
            link: Some("Open the account"),
        }
    }

    fn support_case_used(facts: &Facts<'_>, case: &str, operator: &str, manager: &str) -> Words {
        Words {
            subject: "Support has unlocked an account",
            lead: format!(
                "{operator} of the support desk unlocked the account of {} at {}, on {}, because {manager} had asked for it.",
                facts.user, facts.clinic, facts.at
            ),
            paragraphs: vec![
                format!("The case is {case}. What was done is shown under Management / Activities."),
                "If you know nothing of it, please ask them at once.".into(),
            ],
            link: Some("Open the account"),
        }
    }

    fn computer_authorized(facts: &Facts<'_>, address: &str) -> Words {
        Words {
            subject: "New computer authorised",
            lead: format!(
                "A browser was authorised at {} as the computer \"{}\", with its access form, on {}. The network address: {address}",
                facts.clinic, facts.computer, facts.at
            ),
            paragraphs: vec![
                "If that was one of you, there is nothing to do. A browser that you know is told of again after it was reset, or lost its data.".into(),
                "If nobody of the clinic did it, somebody else has the access form: open the computers, and revoke this one or give it a new form.".into(),
            ],
            link: Some("Open the computers"),
        }
    }

    fn emergency_unlock(facts: &Facts<'_>, reason: &str) -> Words {
        Words {
            subject: "An owner was unlocked in an emergency",
            lead: format!(
                "The operator of this Wardkey unlocked the account of {} at {}, on {}, because every owner of the clinic was locked. The reason given: {reason}",
                facts.user, facts.clinic, facts.at
            ),
            paragraphs: vec![
                "The operator got no password and no way in by it: the account opens with its own password, as before. What was done is shown under Management / Activities.".into(),
                "If none of you asked for it, ask the operator at once.".into(),
            ],
            link: Some("Open the account"),
        }
    }

    fn profile_reopened(facts: &Facts<'_>, profile: &str, reason: &str) -> Words {
        Words {
            subject: "A stopped profile takes codes again",
            lead: format!(
                "The operator of this Wardkey let the profile \"{profile}\" at {} take codes again, on {}: wrong ones had stopped it, and nobody could pass step 2 any more. The reason given: {reason}",
                facts.clinic, facts.at
            ),
            paragraphs: vec![
                "The authenticator apps show the same codes as before. Somebody has tried many: give the profile a new QR code soon.".into(),
                "If none of you asked for it, ask the operator at once.".into(),
            ],
            link: Some("Open the profiles"),
        }
    }

    fn footer(clinic: &str) -> String {
        format!("{clinic} · sent by Wardkey. Please do not reply: nobody reads this mailbox.")
    }
}
