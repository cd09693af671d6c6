//! Refusals on the wire: the one place that gives a problem its status (RFC 9457).

use serde::Serialize;
use wire::{Problem, ProblemCode};

/// The body of a refusal.
#[derive(Serialize)]
pub struct ProblemBody<'a> {
    #[serde(rename = "type")]
    kind: String,
    status: u16,
    #[serde(flatten)]
    problem: &'a Problem,
}

impl<'a> ProblemBody<'a> {
    pub fn new(problem: &'a Problem) -> Self {
        Self {
            kind: format!("urn:wardkey:problem:{}", problem.code.as_str()),
            status: status(problem.code),
            problem,
        }
    }
}

/// The HTTP status of a problem.
pub fn status(code: ProblemCode) -> u16 {
    match code {
        ProblemCode::MalformedRequest => 400,

        ProblemCode::ComputerWrong
        | ProblemCode::ComputerRequired
        | ProblemCode::ProfileRequired
        | ProblemCode::CodeWrong
        | ProblemCode::CodeUsed
        | ProblemCode::LoginWrong
        | ProblemCode::SessionRequired
        | ProblemCode::OperatorWrong
        | ProblemCode::OperatorRequired
        | ProblemCode::ProofWrong
        | ProblemCode::ProofStale => 401,

        ProblemCode::ForeignOrigin
        | ProblemCode::KeyMissing
        | ProblemCode::NotAllowed
        | ProblemCode::PasswordNeeded
        | ProblemCode::OwnAccount
        | ProblemCode::OwnComputer
        | ProblemCode::RoleNotAllowed
        | ProblemCode::RightsNotAllowed
        | ProblemCode::SetupLinkWrong
        | ProblemCode::ProfileStopped => 403,

        ProblemCode::NotFound => 404,
        ProblemCode::MethodNotAllowed => 405,

        ProblemCode::NotLocked
        | ProblemCode::LoginTaken
        | ProblemCode::NameTaken
        | ProblemCode::EditedMeanwhile
        | ProblemCode::LastOwner
        | ProblemCode::UnlockFirst
        | ProblemCode::UserRemoved
        | ProblemCode::UserNotRemoved
        | ProblemCode::MailNotRepeatable
        | ProblemCode::ComputerNotRevoked
        | ProblemCode::ComputerIsRevoked
        | ProblemCode::CaseOpen
        | ProblemCode::CaseClosed
        | ProblemCode::ProfileInUse
        | ProblemCode::NotAnEmergency
        | ProblemCode::ClinicClosed
        | ProblemCode::ClinicNotClosed
        | ProblemCode::ClinicExists => 409,

        ProblemCode::QuestionExpired
        | ProblemCode::PinExpired
        | ProblemCode::PinSpent
        | ProblemCode::SetupLinkExpired
        | ProblemCode::SetupLinkUsed
        | ProblemCode::CaseCodeWrong
        | ProblemCode::ResetLinkWrong => 410,

        ProblemCode::RequestTooLarge => 413,
        ProblemCode::UnsupportedMediaType => 415,

        ProblemCode::UsernameMalformed
        | ProblemCode::PasswordMissing
        | ProblemCode::PasswordTooLong
        | ProblemCode::LoginMalformed
        | ProblemCode::CodeMalformed
        | ProblemCode::PinMalformed
        | ProblemCode::EmailMalformed
        | ProblemCode::NameMalformed
        | ProblemCode::TimeZoneUnknown
        | ProblemCode::JurisdictionNotOffered
        | ProblemCode::LoginConfusable
        | ProblemCode::LoginPrefix
        | ProblemCode::EmailMissing
        | ProblemCode::OutOfBounds
        | ProblemCode::DayMalformed
        | ProblemCode::PeriodBackwards
        | ProblemCode::WordsTooShort
        | ProblemCode::PasswordTooShort
        | ProblemCode::PasswordCommon
        | ProblemCode::PasswordNamesPerson
        | ProblemCode::PasswordUnchanged
        | ProblemCode::PasswordWrong
        | ProblemCode::ImportMalformed
        | ProblemCode::CaseCodeMalformed
        | ProblemCode::CallBackMissing
        | ProblemCode::PhoneMalformed
        | ProblemCode::ReasonMalformed
        | ProblemCode::PinWrong
        | ProblemCode::ArchiveWrong => 422,

        ProblemCode::AccountLocked | ProblemCode::ResetLocked | ProblemCode::OperatorLocked => 423,

        ProblemCode::SlowDown
        | ProblemCode::CodesPaused
        | ProblemCode::PinTriesExhausted
        | ProblemCode::PinTooMany
        | ProblemCode::CaseCodesPaused
        | ProblemCode::CasesTooMany
        | ProblemCode::Busy => 429,

        ProblemCode::Internal => 500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fault_of_ours_is_a_5xx() {
        for code in ProblemCode::ALL {
            assert_eq!(status(*code) >= 500, *code == ProblemCode::Internal, "{}", code.as_str());
        }
    }

    #[test]
    fn a_problem_keeps_its_shape() {
        let problem = Problem::about("pin", ProblemCode::PinWrong).tries_left(4);
        assert_eq!(
            serde_json::to_string(&ProblemBody::new(&problem)).unwrap(),
            r#"{"type":"urn:wardkey:problem:pin_wrong","status":422,"code":"pin_wrong","field":"pin","tries_left":4}"#
        );
    }
}
