//! The mails, each as plain text and HTML in the recipient's language. A missing translation fails the build.

mod en;
mod fr;
mod ru;

use wire::{Language, fields::EmailAddress, mails::MailKind};

use crate::records::outbox::Mail;

/// What a mail is about, as the words that go into it: names as written, moments as read in the clinic's zone.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The clinic's name.
    pub clinic: &'a str,
    /// The first and last name of the account's user.
    pub user: &'a str,
    /// When it happened.
    pub at: &'a str,
    /// The label of the computer on which it happened.
    pub computer: &'a str,
    /// The address of the account's page.
    pub account_page: &'a str,
}

/// The kinds of mail.
#[derive(Clone, Debug)]
pub enum Letter<'a> {
    /// To the user: locked.
    AccountLocked {
        /// When it becomes active again by itself, where it does.
        until: &'a Option<String>,
        /// Whether it is not the first lock in a row.
        again: bool,
    },
    /// To an owner: somebody's account is locked.
    UserAccountLocked {
        /// When it becomes active again by itself, where it does.
        until: &'a Option<String>,
    },
    /// To the owner who pressed Unlock: the PIN.
    UserAccountUnlock {
        /// The six digits.
        pin: &'a str,
        /// How long they are good.
        minutes: i64,
    },
    /// To the user: unlocked.
    AccountUnlocked,
    /// To the user: somebody gave the account a new first password.
    AccessRestored,
    /// To the user: the password was changed.
    PasswordChanged,
    /// To whoever has forgotten their password: the link.
    ResetYourPassword {
        /// The address of the page, with the token.
        link: &'a str,
        /// How long it is good.
        minutes: i64,
    },
    /// To the user: a new password was chosen with that link.
    PasswordReset,
    /// To the user's former address: mails go to another one from now on.
    EmailChanged,
    /// To an owner: somebody has asked support to unlock an account.
    SupportCaseOpened {
        /// The case.
        case: &'a str,
        /// Who asked.
        manager: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// To an owner: an operator of the support desk has looked at the case.
    SupportCaseRead {
        /// The case.
        case: &'a str,
        /// The operator of the support desk.
        operator: &'a str,
        /// Who asked.
        manager: &'a str,
    },
    /// To an owner: support has unlocked an account.
    SupportCaseUsed {
        /// The case.
        case: &'a str,
        /// The operator of the support desk.
        operator: &'a str,
        /// Who asked.
        manager: &'a str,
    },
    /// To an owner: step 1 let a browser in that it had not let in before.
    ComputerAuthorized {
        /// The network address that it came from.
        address: &'a str,
        /// The address of the page of the computers.
        page: &'a str,
    },
    /// To an owner: the operator of the deployment has unlocked an owner, because every owner was locked.
    EmergencyUnlock {
        /// Why.
        reason: &'a str,
    },
    /// To an owner: the operator of the deployment has let a profile take codes again that wrong ones had stopped.
    ProfileReopened {
        /// The profile's name.
        profile: &'a str,
        /// Why.
        reason: &'a str,
        /// The address of the page of the profiles.
        page: &'a str,
    },
}

impl Letter<'_> {
    /// The kind, for the list of mails.
    pub fn kind(&self) -> MailKind {
        match self {
            Letter::AccountLocked { .. } => MailKind::AccountLocked,
            Letter::UserAccountLocked { .. } => MailKind::UserAccountLocked,
            Letter::UserAccountUnlock { .. } => MailKind::UserAccountUnlock,
            Letter::AccountUnlocked => MailKind::AccountUnlocked,
            Letter::AccessRestored => MailKind::AccessRestored,
            Letter::PasswordChanged => MailKind::PasswordChanged,
            Letter::ResetYourPassword { .. } => MailKind::ResetYourPassword,
            Letter::PasswordReset => MailKind::PasswordReset,
            Letter::EmailChanged => MailKind::EmailChanged,
            Letter::SupportCaseOpened { .. } => MailKind::SupportCaseOpened,
            Letter::SupportCaseRead { .. } => MailKind::SupportCaseRead,
            Letter::SupportCaseUsed { .. } => MailKind::SupportCaseUsed,
            Letter::ComputerAuthorized { .. } => MailKind::ComputerAuthorized,
            Letter::EmergencyUnlock { .. } => MailKind::EmergencyUnlock,
            Letter::ProfileReopened { .. } => MailKind::ProfileReopened,
        }
    }

    /// For how many minutes it is of use, where that is not long. It then holds a secret, and is not sent again later.
    pub fn minutes(&self) -> Option<i64> {
        match self {
            Letter::UserAccountUnlock { minutes, .. } | Letter::ResetYourPassword { minutes, .. } => {
                Some(*minutes)
            }
            _ => None,
        }
    }
}

/// The words of a mail, in order. The PIN stands after the lead, so that no preview shows it.
struct Words {
    subject: &'static str,
    lead: String,
    paragraphs: Vec<String>,
    link: Option<&'static str>,
}

/// A language's mails.
trait Wording {
    fn account_locked(facts: &Facts<'_>, until: Option<&str>, again: bool) -> Words;
    fn user_account_locked(facts: &Facts<'_>, until: Option<&str>) -> Words;
    fn user_account_unlock(facts: &Facts<'_>, minutes: i64) -> Words;
    fn account_unlocked(facts: &Facts<'_>) -> Words;
    fn access_restored(facts: &Facts<'_>) -> Words;
    fn password_changed(facts: &Facts<'_>) -> Words;
    fn reset_your_password(facts: &Facts<'_>, minutes: i64) -> Words;
    fn password_reset(facts: &Facts<'_>) -> Words;
    fn email_changed(facts: &Facts<'_>) -> Words;
    fn support_case_opened(facts: &Facts<'_>, case: &str, manager: &str, reason: &str) -> Words;
    fn support_case_read(facts: &Facts<'_>, case: &str, operator: &str, manager: &str) -> Words;
    fn support_case_used(facts: &Facts<'_>, case: &str, operator: &str, manager: &str) -> Words;
    fn computer_authorized(facts: &Facts<'_>, address: &str) -> Words;
    fn emergency_unlock(facts: &Facts<'_>, reason: &str) -> Words;
    fn profile_reopened(facts: &Facts<'_>, profile: &str, reason: &str) -> Words;
    /// The line at the foot: which clinic it comes from, and that nobody reads answers.
    fn footer(clinic: &str) -> String;
}

/// Writes a mail; without an address, one to nobody.
pub fn write(letter: &Letter<'_>, facts: &Facts<'_>, to: Option<&EmailAddress>, language: Language) -> Mail {
    match language {
        Language::En => write_with::<en::English>(letter, facts, to, language),
        Language::Ru => write_with::<ru::Russian>(letter, facts, to, language),
        Language::Fr => write_with::<fr::French>(letter, facts, to, language),
    }
}

fn write_with<W: Wording>(
    letter: &Letter<'_>,
    facts: &Facts<'_>,
    to: Option<&EmailAddress>,
    language: Language,
) -> Mail {
    let (words, pin) = match *letter {
        Letter::AccountLocked { until, again } => (W::account_locked(facts, until.as_deref(), again), None),
        Letter::UserAccountLocked { until } => (W::user_account_locked(facts, until.as_deref()), None),
        Letter::UserAccountUnlock { pin, minutes } => (W::user_account_unlock(facts, minutes), Some(pin)),
        Letter::AccountUnlocked => (W::account_unlocked(facts), None),
        Letter::AccessRestored => (W::access_restored(facts), None),
        Letter::PasswordChanged => (W::password_changed(facts), None),
        Letter::ResetYourPassword { minutes, .. } => (W::reset_your_password(facts, minutes), None),
        Letter::PasswordReset => (W::password_reset(facts), None),
        Letter::EmailChanged => (W::email_changed(facts), None),
        Letter::SupportCaseOpened { case, manager, reason } => {
            (W::support_case_opened(facts, case, manager, reason), None)
        }
        Letter::SupportCaseRead { case, operator, manager } => {
            (W::support_case_read(facts, case, operator, manager), None)
        }
        Letter::SupportCaseUsed { case, operator, manager } => {
            (W::support_case_used(facts, case, operator, manager), None)
        }
        Letter::ComputerAuthorized { address, .. } => (W::computer_authorized(facts, address), None),
        Letter::EmergencyUnlock { reason } => (W::emergency_unlock(facts, reason), None),
        Letter::ProfileReopened { profile, reason, .. } => {
            (W::profile_reopened(facts, profile, reason), None)
        }
    };
    let page = match *letter {
        Letter::ResetYourPassword { link, .. } => link,
        Letter::ComputerAuthorized { page, .. } | Letter::ProfileReopened { page, .. } => page,
        _ => facts.account_page,
    };
    let link = words.link.map(|label| (label, page));
    let footer = W::footer(facts.clinic);
    Mail {
        to: to.map(|to| to.as_str().to_owned()).unwrap_or_default(),
        language,
        subject: words.subject.to_owned(),
        text: plain_text(&words, pin, link, &footer),
        html: html(&words, pin, link, &footer, language),
    }
}

type Link<'a> = Option<(&'static str, &'a str)>;

fn plain_text(words: &Words, pin: Option<&str>, link: Link<'_>, footer: &str) -> String {
    let mut parts = vec![words.lead.clone()];
    parts.extend(pin.map(|pin| format!("    {pin}")));
    parts.extend(words.paragraphs.iter().cloned());
    parts.extend(link.map(|(label, address)| format!("{label}:\n{address}")));
    parts.push(format!("--\n{footer}"));
    parts.join("\n\n") + "\n"
}

fn html(words: &Words, pin: Option<&str>, link: Link<'_>, footer: &str, language: Language) -> String {
    let mut body = format!("<p>{}</p>", escape(&words.lead));
    if let Some(pin) = pin {
        body.push_str(&format!(
            "<p style=\"font:600 32px/1.2 monospace;letter-spacing:.2em;margin:24px 0\">{}</p>",
            escape(pin)
        ));
    }
    for paragraph in &words.paragraphs {
        body.push_str(&format!("<p>{}</p>", escape(paragraph)));
    }
    if let Some((label, address)) = link {
        body.push_str(&format!(
            "<p style=\"margin:24px 0\"><a href=\"{}\" style=\"display:inline-block;padding:12px 20px;border-radius:8px;background:#155e63;color:#fff;text-decoration:none\">{}</a></p>",
            escape(address),
            escape(label)
        ));
    }
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c2b2d;background:#fff\">\
         <div style=\"max-width:560px;margin:0 auto\">{body}\
         <p style=\"margin-top:32px;padding-top:16px;border-top:1px solid #d5dedf;font-size:14px;color:#566668\">{}</p></div></body></html>",
        language.tag(),
        escape(words.subject),
        escape(footer)
    )
}

/// Makes text safe inside HTML text and quoted attributes.
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut safe, c| {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much of a body a preview can show; longer than those of the common mail programs.
    const PREVIEW_CHARACTERS: usize = 140;

    fn mail(letter: &Letter<'_>, language: Language) -> Mail {
        let facts = Facts {
            clinic: "Harbour <Street> Clinic",
            user: "Jane Porter",
            at: "21 November 2026, 18:40 (UTC+00:00)",
            computer: "Reception 1",
            account_page: "https://wardkey.example/clinic/users/0123456789abcdef",
        };
        write(letter, &facts, Some(&"anna@clinic.example".parse().unwrap()), language)
    }

    fn letters() -> [Letter<'static>; 15] {
        [
            Letter::AccountLocked { until: &None, again: false },
            Letter::UserAccountLocked { until: &None },
            Letter::UserAccountUnlock { pin: "731942", minutes: 10 },
            Letter::AccountUnlocked,
            Letter::AccessRestored,
            Letter::PasswordChanged,
            Letter::ResetYourPassword {
                link: "https://wardkey.example/reset#k7m2qx4p9d.0123456789abcdef.A-b_9",
                minutes: 30,
            },
            Letter::PasswordReset,
            Letter::EmailChanged,
            Letter::SupportCaseOpened {
                case: "0123456789abcdef",
                manager: "Fiona Reid",
                reason: "The owner is on a plane, patients are waiting",
            },
            Letter::SupportCaseRead {
                case: "0123456789abcdef",
                operator: "Sam Taylor",
                manager: "Fiona Reid",
            },
            Letter::SupportCaseUsed {
                case: "0123456789abcdef",
                operator: "Sam Taylor",
                manager: "Fiona Reid",
            },
            Letter::ComputerAuthorized {
                address: "192.0.2.7",
                page: "https://wardkey.example/clinic/computers",
            },
            Letter::EmergencyUnlock { reason: "The only owner mistyped, ticket 4711" },
            Letter::ProfileReopened {
                profile: "Main",
                reason: "Nobody gets in this morning, ticket 4712",
                page: "https://wardkey.example/clinic/profiles",
            },
        ]
    }

    #[test]
    fn mails_read_as_agreed() {
        for language in Language::ALL {
            for letter in letters() {
                let name = format!("{}_{}", format!("{letter:?}").split(' ').next().unwrap(), language.tag());
                let Mail { subject, text, html, .. } = mail(&letter, language);
                insta::assert_snapshot!(name, format!("Subject: {subject}\n\n{text}\n{html}\n"));
            }
        }
    }

    #[test]
    fn a_lock_that_ends_by_itself_and_is_not_the_first_reads_as_agreed() {
        let until = Some("21 November 2026, 18:55 (UTC+00:00)".to_owned());
        let letters = [
            ("AccountLockedAgain", Letter::AccountLocked { until: &until, again: true }),
            ("UserAccountLockedForMinutes", Letter::UserAccountLocked { until: &until }),
        ];
        for language in Language::ALL {
            for (name, letter) in &letters {
                let Mail { subject, text, .. } = mail(letter, language);
                let name = format!("{name}_{}", language.tag());
                insta::assert_snapshot!(name, format!("Subject: {subject}\n\n{text}"));
            }
        }
    }

    #[test]
    fn no_preview_shows_the_pin() {
        for language in Language::ALL {
            let mail = mail(&Letter::UserAccountUnlock { pin: "731942", minutes: 10 }, language);
            let preview: String = mail.text.chars().take(PREVIEW_CHARACTERS).collect();
            assert!(!mail.subject.contains("731942") && !preview.contains("731942"), "{preview}");
            assert!(mail.text.contains("731942") && mail.html.contains("731942"));
        }
    }

    #[test]
    fn names_cannot_shape_a_mail() {
        for letter in letters() {
            let mail = mail(&letter, Language::En);
            assert!(!mail.html.contains("<Street>"), "{}", mail.html);
        }
    }
}
