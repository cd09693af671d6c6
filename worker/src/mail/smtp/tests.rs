//! What is said to a mail server, and what its answers mean, without a network.

use std::{cell::RefCell, collections::VecDeque, future::ready, rc::Rc};

use super::*;
use crate::mail::sample;

/// Says what it was told to, and keeps what it heard.
struct Script {
    replies: VecDeque<&'static str>,
    heard: Rc<RefCell<String>>,
}

impl Transport for Script {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, IoError> {
        let Some(reply) = self.replies.pop_front() else { return Ok(0) };
        buffer[..reply.len()].copy_from_slice(reply.as_bytes());
        Ok(reply.len())
    }

    async fn write_all(&mut self, bytes: &[u8]) -> Result<(), IoError> {
        self.heard.borrow_mut().push_str(&String::from_utf8_lossy(bytes));
        Ok(())
    }

    async fn close(&mut self) -> Result<(), IoError> {
        Ok(())
    }
}

impl StartTlsCapable for Script {
    async fn upgrade_to_tls(&mut self) -> Result<(), IoError> {
        self.heard.borrow_mut().push_str("(TLS)\r\n");
        Ok(())
    }
}

fn relay(url: &str) -> Result<Relay, &'static str> {
    let from = Sender::parse("Wardkey <no-reply@clinic.example>").expect("a sender");
    Relay::parse(url, Some("secret".to_owned()), from)
}

/// What became of a mail, and what the server heard.
fn talk(url: &str, replies: &[&'static str]) -> (Result<String, SmtpError>, String) {
    let heard = Rc::default();
    let script = Script { replies: replies.iter().copied().collect(), heard: Rc::clone(&heard) };
    let relay = relay(url).expect("a relay");
    let mail = sample();
    let said = relay
        .hand_over(script, &mail.to, b"Subject: x\r\n\r\n.\r\n..two\r\nend\r\n", ready(()))
        .now_or_never()
        .expect("nothing waits");
    let heard = heard.borrow().clone();
    (said, heard)
}

const GREETING: &str = "220 mail.clinic.example ESMTP\r\n";
const EHLO: &str =
    "250-mail.clinic.example\r\n250-AUTH PLAIN LOGIN\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n";
const OFFER: &str = "250-mail.clinic.example\r\n250-STARTTLS\r\n250 8BITMIME\r\n";
const AUTH: &str = "235 2.7.0 Authentication successful\r\n";
const OK: &str = "250 2.1.0 Ok\r\n";
const GO_ON: &str = "354 End data with <CR><LF>.<CR><LF>\r\n";
const TAKEN: &str = "250 2.0.0 Ok: queued as 4XyZ1234567\r\n";
const BYE: &str = "221 2.0.0 Bye\r\n";
const SMTPS: &str = "smtps://wardkey%40clinic.example@mail.clinic.example";

#[test]
fn a_mail_is_handed_over_and_its_dots_with_it() {
    let (said, heard) = talk(SMTPS, &[GREETING, EHLO, AUTH, OK, OK, GO_ON, TAKEN, BYE]);
    assert_eq!(said.expect("taken"), "4XyZ1234567");
    let auth = "AUTH PLAIN AHdhcmRrZXlAY2xpbmljLmV4YW1wbGUAc2VjcmV0\r\n";
    assert_eq!(
        heard,
        format!(
            "EHLO clinic.example\r\n{auth}MAIL FROM:<no-reply@clinic.example>\r\nRCPT TO:<jane@clinic.example>\r\nDATA\r\n\
             Subject: x\r\n\r\n..\r\n...two\r\nend\r\n.\r\nQUIT\r\n"
        )
    );
}

#[test]
fn a_password_is_said_after_starttls_alone() {
    let url = "smtp://wardkey@mail.clinic.example";
    let after = [OFFER, "220 Go ahead\r\n", EHLO, AUTH, OK, OK, GO_ON, TAKEN, BYE];
    let (said, heard) = talk(url, &[&[GREETING], after.as_slice()].concat());
    assert!(said.is_ok(), "{said:?}");
    let (before, after) = heard.split_once("(TLS)\r\n").expect("TLS");
    assert!(before.ends_with("STARTTLS\r\n") && !before.contains("AUTH"), "{heard}");
    assert!(after.starts_with("EHLO ") && after.contains("AUTH PLAIN "), "{heard}");

    let (said, heard) = talk(url, &[GREETING, EHLO, AUTH]);
    assert!(matches!(judge(&said.expect_err("no TLS")), Delivery::Retry { .. }));
    assert_eq!(heard, "EHLO clinic.example\r\n");
}

#[test]
fn an_address_that_is_refused_is_told_as_one() {
    for reply in ["550 5.1.1 No such user\r\n", "550 No such user\r\n", "554 5.2.1 Mailbox disabled\r\n"] {
        let (said, _) = talk(SMTPS, &[GREETING, EHLO, AUTH, OK, reply]);
        let Delivery::Refused { why } = judge(&said.expect_err("refused")) else { panic!("{reply}") };
        assert_eq!(why.code, MailTroubleCode::RecipientRefused, "{reply}");
    }
}

#[test]
fn a_mail_that_is_refused_is_final_and_what_may_pass_is_not() {
    let (said, _) = talk(SMTPS, &[GREETING, EHLO, AUTH, OK, OK, GO_ON, "554 5.7.1 Spam\r\n"]);
    let Delivery::Refused { why } = judge(&said.expect_err("refused")) else { panic!("not refused") };
    assert_eq!(why, MailTrouble::answered(554));
    let troubles: [&[&'static str]; 12] = [
        &["421 4.3.2 Shutting down\r\n"],
        &[GREETING, EHLO, "535 5.7.8 Wrong password\r\n"],
        &[GREETING, EHLO, AUTH, "550 5.7.1 Sender is not yours\r\n"],
        &[GREETING, EHLO, AUTH, OK, "450 4.2.1 Greylisted\r\n"],
        &[GREETING, EHLO, AUTH, OK, "554 5.7.1 Relaying denied\r\n"],
        // Of the sender's address, and of a mailbox that is full.
        &[GREETING, EHLO, AUTH, OK, "550 5.1.7 Bad sender\r\n"],
        &[GREETING, EHLO, AUTH, OK, "550 5.1.8 Sender's domain not found\r\n"],
        &[GREETING, EHLO, AUTH, OK, "552 5.2.2 Mailbox full\r\n"],
        &[GREETING, EHLO, AUTH, OK, OK, GO_ON, "552 5.2.2 Mailbox full\r\n"],
        &[GREETING, EHLO, AUTH, OK, OK, GO_ON, "452 4.3.1 Disk full\r\n"],
        &[GREETING, EHLO, AUTH, OK, OK, GO_ON],
        &["SSH-2.0-OpenSSH\r\n"],
    ];
    for replies in troubles {
        let (said, _) = talk(SMTPS, replies);
        assert!(matches!(judge(&said.expect_err("not taken")), Delivery::Retry { .. }), "{replies:?}");
    }
}

#[test]
fn what_the_log_is_told_names_nobody() {
    let (said, _) = talk(SMTPS, &[GREETING, EHLO, AUTH, OK, "550 5.1.1 <jane@clinic.example> unknown\r\n"]);
    assert_eq!(described(&said.expect_err("refused")), "550 to RCPT TO");
    let (said, _) = talk(SMTPS, &[GREETING, EHLO, "535 5.7.8 secret is wrong\r\n"]);
    assert_eq!(described(&said.expect_err("refused")), "535 to user and password");
}

#[test]
fn a_server_is_a_name_with_tls_or_this_computer() {
    let security = |url: &str| relay(url).map(|relay| (relay.host, relay.port, relay.security));
    let host = "mail.clinic.example".to_owned();
    assert_eq!(security("smtps://u@mail.clinic.example"), Ok((host.clone(), 465, Security::Tls)));
    assert_eq!(security("smtp://u@mail.clinic.example"), Ok((host.clone(), 587, Security::StartTls)));
    assert_eq!(security("smtp://u@mail.clinic.example:2525/"), Ok((host, 2525, Security::StartTls)));
    assert_eq!(security("smtp://127.0.0.1:25"), Ok(("127.0.0.1".to_owned(), 25, Security::None)));
    assert_eq!(security("smtp://[::1]:25"), Ok(("[::1]".to_owned(), 25, Security::None)));
    // A name may lead elsewhere tomorrow.
    assert_eq!(security("smtp://localhost:25"), Ok(("localhost".to_owned(), 25, Security::StartTls)));
    for bad in [
        "https://mail.clinic.example",
        "smtp://",
        "smtps://u@mail.clinic.example/path",
        "smtps://u@mail.clinic.example?x",
        "smtps://u%0D%0AX@mail.clinic.example",
        "smtps://u@mail%20clinic.example",
        "smtps://u@mail.clinic.example:99999",
        "smtps://u@::1",
        "mail.clinic.example",
    ] {
        assert!(security(bad).is_err(), "{bad}");
    }
    assert!(relay("smtps://u:p@mail.clinic.example").is_err_and(|why| why.contains("MAIL_API_KEY")));
}
