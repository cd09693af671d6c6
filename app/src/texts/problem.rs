//! The sentence of a refusal, with the time to wait and the tries that are left where the code tells of them.

use wire::ProblemCode;

use super::{Sentences, Template, Text, t};

/// Tries are told of when so few are left. Of a PIN all are, for it has no more than five.
const TRIES_TOLD: u32 = 2;
const SECONDS_A_MINUTE: u32 = 60;
const SECONDS_AN_HOUR: u32 = 3600;

/// A refusal, as a sentence needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: ProblemCode,
    /// Seconds that are still to wait; zero when there is nothing to wait for.
    pub wait_seconds: u32,
    pub tries_left: Option<u32>,
}

impl Refusal {
    /// The sentence in a language.
    pub fn sentence(self, sentences: &Sentences) -> String {
        let mut sentence = match words(self.code) {
            Words::Fixed(text) => sentences.text(text).to_owned(),
            Words::Wait(template) => sentences.fill(template, &[&wait(self.wait_seconds, sentences)]),
        };
        if let Some(tries) = self.tries_left.filter(|tries| are_told(self.code, *tries)) {
            sentence.push(' ');
            sentence.push_str(&sentences.fill(t::problem::TRIES_LEFT, &[&tries.to_string()]));
        }
        sentence
    }
}

fn are_told(code: ProblemCode, tries: u32) -> bool {
    match code {
        ProblemCode::PinWrong => true,
        ProblemCode::LoginWrong | ProblemCode::PasswordWrong | ProblemCode::CodeWrong => tries <= TRIES_TOLD,
        _ => false,
    }
}

/// When to try again, such as `in 1 min 05 s`.
fn wait(seconds: u32, sentences: &Sentences) -> String {
    let (hours, minutes) = (seconds / SECONDS_AN_HOUR, seconds / SECONDS_A_MINUTE % 60);
    let (template, first, second) = match (hours, minutes, seconds % SECONDS_A_MINUTE) {
        (0, 0, 0) => return sentences.text(t::wait::MOMENT).to_owned(),
        (0, 0, seconds) => return sentences.fill(t::wait::SECONDS, &[&seconds.to_string()]),
        (0, minutes, seconds) => (t::wait::MINUTES, minutes, seconds),
        (hours, minutes, _) => (t::wait::HOURS, hours, minutes),
    };
    sentences.fill(template, &[&first.to_string(), &format!("{second:02}")])
}

/// The words of a refusal.
enum Words {
    Fixed(Text),
    /// When to try again is put into them.
    Wait(Template<1>),
}

fn words(code: ProblemCode) -> Words {
    use t::problem as p;
    Words::Fixed(match code {
        ProblemCode::MalformedRequest | ProblemCode::UnsupportedMediaType | ProblemCode::MethodNotAllowed => {
            p::OUTDATED
        }
        ProblemCode::QuestionExpired => t::sign_in::QUESTION_EXPIRED,
        ProblemCode::SessionRequired => t::sign_in::SESSION_ENDED,
        ProblemCode::RequestTooLarge => p::REQUEST_TOO_LARGE,
        ProblemCode::NotFound => p::NOT_FOUND,
        ProblemCode::ForeignOrigin => p::FOREIGN_ORIGIN,
        ProblemCode::NotAllowed => p::NOT_ALLOWED,
        ProblemCode::KeyMissing => p::KEY_MISSING,
        ProblemCode::ProofWrong | ProblemCode::ProofStale => p::PROOF_WRONG,
        ProblemCode::Busy => return Words::Wait(p::BUSY),
        ProblemCode::Internal => p::INTERNAL,
        ProblemCode::UsernameMalformed => p::USERNAME_MALFORMED,
        ProblemCode::PasswordMissing => p::PASSWORD_MISSING,
        ProblemCode::PasswordTooLong => p::PASSWORD_TOO_LONG,
        ProblemCode::LoginMalformed => p::LOGIN_MALFORMED,
        ProblemCode::CodeMalformed => p::CODE_MALFORMED,
        ProblemCode::PinMalformed => p::PIN_MALFORMED,
        ProblemCode::EmailMalformed => p::EMAIL_MALFORMED,
        ProblemCode::NameMalformed => p::NAME_MALFORMED,
        ProblemCode::TimeZoneUnknown => p::TIME_ZONE_UNKNOWN,
        ProblemCode::LoginTaken => p::LOGIN_TAKEN,
        ProblemCode::LoginConfusable => p::LOGIN_CONFUSABLE,
        ProblemCode::LoginPrefix => p::LOGIN_PREFIX,
        ProblemCode::EmailMissing => p::EMAIL_MISSING,
        ProblemCode::NameTaken => p::NAME_TAKEN,
        ProblemCode::RoleNotAllowed => p::ROLE_NOT_ALLOWED,
        ProblemCode::RightsNotAllowed => p::RIGHTS_NOT_ALLOWED,
        ProblemCode::OutOfBounds => p::OUT_OF_BOUNDS,
        ProblemCode::DayMalformed => p::DAY_MALFORMED,
        ProblemCode::PeriodBackwards => p::PERIOD_BACKWARDS,
        ProblemCode::WordsTooShort => p::WORDS_TOO_SHORT,
        ProblemCode::PasswordWrong => p::PASSWORD_WRONG,
        ProblemCode::PasswordNeeded => p::PASSWORD_NEEDED,
        ProblemCode::PasswordTooShort => p::PASSWORD_TOO_SHORT,
        ProblemCode::PasswordCommon => p::PASSWORD_COMMON,
        ProblemCode::PasswordNamesPerson => p::PASSWORD_NAMES_PERSON,
        ProblemCode::PasswordUnchanged => p::PASSWORD_UNCHANGED,
        ProblemCode::EditedMeanwhile => p::EDITED_MEANWHILE,
        ProblemCode::LastOwner => p::LAST_OWNER,
        ProblemCode::UnlockFirst => p::UNLOCK_FIRST,
        ProblemCode::UserRemoved => p::USER_REMOVED,
        ProblemCode::UserNotRemoved => p::USER_NOT_REMOVED,
        ProblemCode::MailNotRepeatable => p::MAIL_NOT_REPEATABLE,
        ProblemCode::OwnComputer => p::OWN_COMPUTER,
        ProblemCode::ComputerNotRevoked => p::COMPUTER_NOT_REVOKED,
        ProblemCode::ComputerIsRevoked => p::COMPUTER_IS_REVOKED,
        ProblemCode::ProfileInUse => p::PROFILE_IN_USE,
        ProblemCode::NotAnEmergency => p::NOT_AN_EMERGENCY,
        ProblemCode::ClinicClosed => p::CLINIC_CLOSED,
        ProblemCode::ClinicNotClosed => p::CLINIC_NOT_CLOSED,
        ProblemCode::ClinicExists => p::CLINIC_EXISTS,
        ProblemCode::ArchiveWrong => p::ARCHIVE_WRONG,
        ProblemCode::ImportMalformed => p::IMPORT_MALFORMED,
        ProblemCode::SetupLinkWrong => p::SETUP_LINK_WRONG,
        ProblemCode::SetupLinkExpired => p::SETUP_LINK_EXPIRED,
        ProblemCode::JurisdictionNotOffered => p::JURISDICTION_NOT_OFFERED,
        ProblemCode::SetupLinkUsed => p::SETUP_LINK_USED,
        ProblemCode::ResetLinkWrong => p::RESET_LINK_WRONG,
        ProblemCode::ResetLocked => p::RESET_LOCKED,
        ProblemCode::ComputerWrong => p::COMPUTER_WRONG,
        ProblemCode::SlowDown => return Words::Wait(p::SLOW_DOWN),
        ProblemCode::ComputerRequired => p::COMPUTER_REQUIRED,
        ProblemCode::ProfileRequired => p::PROFILE_REQUIRED,
        ProblemCode::CodeWrong => p::CODE_WRONG,
        ProblemCode::CodeUsed => return Words::Wait(p::CODE_USED),
        ProblemCode::CodesPaused => return Words::Wait(p::CODES_PAUSED),
        ProblemCode::ProfileStopped => p::PROFILE_STOPPED,
        ProblemCode::LoginWrong => p::LOGIN_WRONG,
        ProblemCode::AccountLocked => p::ACCOUNT_LOCKED,
        ProblemCode::NotLocked => p::NOT_LOCKED,
        ProblemCode::OwnAccount => p::OWN_ACCOUNT,
        ProblemCode::PinWrong => p::PIN_WRONG,
        ProblemCode::PinExpired => p::PIN_EXPIRED,
        ProblemCode::PinSpent => p::PIN_SPENT,
        ProblemCode::PinTriesExhausted => return Words::Wait(p::PIN_TRIES_EXHAUSTED),
        ProblemCode::PinTooMany => return Words::Wait(p::PIN_TOO_MANY),
        ProblemCode::CaseCodesPaused => return Words::Wait(p::CASE_CODES_PAUSED),
        ProblemCode::CasesTooMany => return Words::Wait(p::CASES_TOO_MANY),
        ProblemCode::CaseCodeMalformed => p::CASE_CODE_MALFORMED,
        ProblemCode::CaseCodeWrong => p::CASE_CODE_WRONG,
        ProblemCode::CaseOpen => p::CASE_OPEN,
        ProblemCode::CaseClosed => p::CASE_CLOSED,
        ProblemCode::CallBackMissing => p::CALL_BACK_MISSING,
        ProblemCode::PhoneMalformed => p::PHONE_MALFORMED,
        ProblemCode::ReasonMalformed => p::REASON_MALFORMED,
        ProblemCode::OperatorWrong => p::OPERATOR_WRONG,
        ProblemCode::OperatorLocked => p::OPERATOR_LOCKED,
        ProblemCode::OperatorRequired => p::OPERATOR_REQUIRED,
    })
}

#[cfg(test)]
mod tests {
    use wire::Language;

    use super::*;
    use crate::texts::of;

    fn said(language: Language, code: ProblemCode, wait_seconds: u32, tries_left: Option<u32>) -> String {
        Refusal { code, wait_seconds, tries_left }.sentence(of(language))
    }

    #[test]
    fn every_refusal_has_a_sentence_in_every_language() {
        for language in Language::ALL {
            for code in ProblemCode::ALL {
                for (wait_seconds, tries_left) in [(0, None), (75, Some(1))] {
                    let sentence = said(language, *code, wait_seconds, tries_left);
                    assert!(
                        sentence.ends_with('.') && !sentence.contains("  "),
                        "{language:?} {code:?}: {sentence}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_wait_is_written_shortly() {
        let wait = |seconds| wait(seconds, of(Language::En));
        assert_eq!(wait(0), "in a moment");
        assert_eq!(wait(9), "in 9\u{a0}s");
        assert_eq!(wait(65), "in 1\u{a0}min 05\u{a0}s");
        assert_eq!(wait(7_260), "in 2\u{a0}h 01\u{a0}min");
    }

    #[test]
    fn tries_are_told_of_when_few_are_left() {
        use ProblemCode::{LoginWrong, PinWrong};
        assert!(said(Language::En, LoginWrong, 0, Some(2)).ends_with("layout. 2 tries remain."));
        assert!(said(Language::Ru, LoginWrong, 0, Some(1)).ends_with("клавиатуры. Осталась 1 попытка."));
        assert!(said(Language::En, LoginWrong, 0, Some(3)).ends_with("layout."));
        assert!(said(Language::Fr, PinWrong, 0, Some(4)).ends_with("Il reste 4 tentatives."));
    }
}
