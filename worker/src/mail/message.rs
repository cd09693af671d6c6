//! A mail as mail servers hand it on (RFC 5322): headers, then the same words as text and as HTML.

use clinic::commands::outbox::OutgoingMail;
use mail_builder::{
    MessageBuilder,
    headers::{address::Address, content_type::ContentType, date::Date, text::Text},
    mime::{BodyPart, MimePart},
};
use wire::Timestamp;

use super::{reference, sender::Sender};

/// The whole mail, its lines ended as SMTP wants them. Of one mail it is the same each time but for the date.
pub fn compose(from: &Sender, mail: &OutgoingMail, now: Timestamp) -> Vec<u8> {
    let reference = reference(mail);
    let part = |kind: &'static str, words: &str| MimePart::new(kind, BodyPart::Text(lines(words).into()));
    // Less telling first (RFC 2046 §5.1.4). The boundary is of this mail, and no line of it.
    let kinds =
        ContentType::new("multipart/alternative").attribute("boundary", format!("wardkey-{reference}"));
    let body = MimePart::new(kinds, vec![part("text/plain", &mail.text), part("text/html", &mail.html)]);
    let mut message = Vec::new();
    MessageBuilder::new()
        .date(Date::new(now.0.div_euclid(1_000)))
        .message_id(format!("{reference}@{}", from.domain()))
        .from(Address::new_address(from.name.as_deref(), from.address.as_str()))
        .to(Address::new_address(None::<&str>, mail.to.as_str()))
        .subject(mail.subject.as_str())
        .header("Content-Language", Text::new(mail.language.tag()))
        // Nobody's holiday is to be told to us (RFC 3834 §5).
        .header("Auto-Submitted", Text::new("auto-generated"))
        .body(body)
        .serialize(&mut message);
    message
}

/// Words with the line ends of mails, whatever they had.
fn lines(words: &str) -> String {
    words.replace("\r\n", "\n").replace(['\r', '\n'], "\r\n")
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;
    use crate::mail::sample;

    const NOW: Timestamp = Timestamp(1_795_000_000_000);

    fn composed(from: &str, mail: &OutgoingMail) -> String {
        let from = Sender::parse(from).expect("a sender");
        String::from_utf8(compose(&from, mail, NOW)).expect("a mail is ASCII")
    }

    #[test]
    fn a_mail_has_the_headers_that_it_needs_and_is_the_same_again() {
        let mail = composed("Wardkey <no-reply@clinic.example>", &sample());
        let reference = reference(&sample());
        for line in [
            "From: \"Wardkey\" <no-reply@clinic.example>\r\n",
            "To: <jane@clinic.example>\r\n",
            &format!("Message-ID: <{reference}@clinic.example>\r\n"),
            "Date: Wed, 18 Nov 2026 ",
            "Content-Language: fr\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "MIME-Version: 1.0\r\n",
        ] {
            assert!(mail.contains(line), "{line} is not in\n{mail}");
        }
        assert!(mail.is_ascii());
        assert_eq!(mail, composed("Wardkey <no-reply@clinic.example>", &sample()));
    }

    #[test]
    fn every_line_ends_as_smtp_wants_it_and_none_is_too_long() {
        for text in ["one\ntwo\r\nthree\rfour\n".to_owned(), "long ".repeat(400), "é\r\n".repeat(9)] {
            let mail = composed("a@b.example", &OutgoingMail { text, ..sample() });
            assert!(!mail.replace("\r\n", "").contains(['\r', '\n']), "{mail}");
            assert!(mail.split("\r\n").all(|line| line.len() <= 998), "{mail}");
        }
        // What is sent in base64 has them inside (RFC 2045 §6.8).
        let mail = composed("a@b.example", &OutgoingMail { text: "Привет\nи пока\n".to_owned(), ..sample() });
        let coded = mail.split("base64\r\n\r\n").nth(1).and_then(|rest| rest.split("\r\n--").next());
        let decoded = STANDARD.decode(coded.expect("base64").replace("\r\n", "")).expect("base64");
        assert_eq!(String::from_utf8(decoded).expect("UTF-8"), "Привет\r\nи пока\r\n");
    }

    #[test]
    fn nothing_that_people_write_begins_a_header() {
        let hostile = OutgoingMail {
            subject: "Locked\r\nBcc: x@y.example\r\n\r\nbody".to_owned(),
            text: "Bcc: in the body\r\n".to_owned(),
            ..sample()
        };
        let mail = composed("\"A, B\" <a@b.example>", &hostile);
        let (headers, _) = mail.split_once("\r\n\r\n").expect("headers end");
        assert!(!headers.lines().any(|line| line.starts_with("Bcc")), "{headers}");
        let names = headers.lines().filter(|line| !line.starts_with([' ', '\t']));
        assert_eq!(names.count(), 9, "{headers}");
    }
}
