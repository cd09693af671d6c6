//! Hands one mail to whoever delivers it, and tells what became of it.
//!
//! Each provider is a small adapter behind [`Provider`]. What an adapter asks and how it reads the answer is pure, and tested without a network.

mod api;
mod choice;
mod cloudflare;
mod mailgun;
mod message;
mod postmark;
mod resend;
mod sender;
mod smtp;

use std::pin::pin;

use clinic::commands::outbox::{Delivery, OutgoingMail};
use futures_util::future::{Either, LocalBoxFuture, select};
use sha2::{Digest, Sha256};
use wire::{
    Timestamp,
    mails::{MailTrouble, MailTroubleCode},
};

pub use self::choice::choose;
use crate::world;

/// How long an API is waited for.
const PATIENCE_MILLIS: u32 = 10_000;
/// Bytes of the digest that a mail's reference is made of.
const REFERENCE_BYTES: usize = 16;

/// Who delivers mails: a service with an API of its own, or a mail server.
pub trait Provider: Send + Sync {
    /// How long it is waited for.
    fn patience_millis(&self) -> u32 {
        PATIENCE_MILLIS
    }

    /// Hands over one mail. Dropped before its end, it lets go of what it holds.
    fn deliver<'a>(&'a self, mail: &'a OutgoingMail) -> LocalBoxFuture<'a, Delivery>;

    /// Whether it is there, as far as can be told without a mail. Gives back the moment that it tells, where it tells one; or what is
    /// wrong, without a word of its own.
    fn reach(&self) -> LocalBoxFuture<'_, Result<Option<Timestamp>, String>>;
}

/// Whether a provider is there, within the time that an API has.
pub async fn reach(provider: &dyn Provider) -> Result<Option<Timestamp>, String> {
    let timeout = pin!(world::sleep(PATIENCE_MILLIS));
    match select(provider.reach(), timeout).await {
        Either::Left((reached, _)) => reached,
        Either::Right(((), _)) => Err("no answer in time".to_owned()),
    }
}

/// Sends a mail. Sent once more, it goes under the same key, or at least with the same reference.
pub async fn send(provider: &dyn Provider, mail: &OutgoingMail) -> Delivery {
    let timeout = pin!(world::sleep(provider.patience_millis()));
    match select(provider.deliver(mail), timeout).await {
        Either::Left((delivery, _)) => delivery,
        Either::Right(((), _)) => retry(MailTroubleCode::NoAnswer.into(), None),
    }
}

/// What a mail is known by where no idempotency key is: the same each time that it is sent, and of no other. The key itself names
/// people by their ids, which are nobody's business out there.
fn reference(mail: &OutgoingMail) -> String {
    let digest = Sha256::digest(&mail.idempotency_key);
    digest.iter().take(REFERENCE_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

fn retry(why: MailTrouble, after_seconds: Option<u32>) -> Delivery {
    Delivery::Retry { why, after_seconds }
}

/// A mail as the outbox hands it out, for the tests of the adapters.
#[cfg(test)]
fn sample() -> OutgoingMail {
    OutgoingMail {
        idempotency_key: "harbour/0123/lock/user".to_owned(),
        to: "jane@clinic.example".to_owned(),
        language: wire::Language::Fr,
        subject: "Compte verrouillé".to_owned(),
        text: "Bonjour,\n.\n".to_owned(),
        html: "<p>Bonjour</p>".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_of_one_mail_and_tells_nothing_of_its_key() {
        let mail = sample();
        assert_eq!(reference(&mail), reference(&mail.clone()));
        assert_eq!(reference(&mail), "e1cf98c1a337acbca9e456585df51cab");
        let other = OutgoingMail { idempotency_key: "harbour/0123/lock/owner".to_owned(), ..mail };
        assert_ne!(reference(&other), reference(&sample()));
    }
}
