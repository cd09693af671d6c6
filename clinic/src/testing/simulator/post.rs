//! The mail API of a simulated clinic, and what people find in their mailboxes.

use std::collections::{BTreeMap, BTreeSet};

use wire::{
    mails::{MailTrouble, MailTroubleCode},
    recovery::ResetToken,
};

use super::{
    invariants::{Held, broken},
    operation::MailAnswer,
    world::World,
};
use crate::commands::outbox::{Delivery, OutgoingMail};

/// What has become of the mails, outside the clinic.
#[derive(Default)]
pub(super) struct Post {
    /// The words that went under each key.
    sent: BTreeMap<String, String>,
    /// Keys that the mail API took.
    pub accepted: BTreeSet<String>,
    /// Keys of which the clinic has heard that they were taken.
    pub heard: BTreeSet<String>,
    /// Keys that it refused for good.
    pub refused: BTreeSet<String>,
    /// Copies that it has not answered yet.
    pub under_way: Vec<OutgoingMail>,
    /// Links that were mailed, and whether each was used.
    pub links: Vec<(ResetToken, bool)>,
}

impl World {
    /// The alarm: mails that are due leave, and wait for their answers.
    pub(super) fn send_due_mails(&mut self) -> Held {
        let Some(mails) = self.within_fate(|house| house.due_mails())? else { return Ok(()) };
        for mail in mails {
            let words =
                format!("{}\n{:?}\n{}\n{}\n{}", mail.to, mail.language, mail.subject, mail.text, mail.html);
            let first = self.post.sent.entry(mail.idempotency_key.clone()).or_insert_with(|| words.clone());
            if *first != words {
                return broken("a_mail_goes_under_one_key_with_the_same_bytes", mail.idempotency_key);
            }
            self.post.under_way.push(mail);
        }
        Ok(())
    }

    /// The mail API does something with a copy, and the clinic notes what it hears of it.
    pub(super) fn mail_answer(&mut self, pick: usize, answer: MailAnswer) -> Held {
        if self.post.under_way.is_empty() {
            return Ok(());
        }
        let count = self.post.under_way.len();
        let mail = self.post.under_way.remove(count - 1 - pick % count);
        let key = mail.idempotency_key.clone();
        let delivery = match answer {
            MailAnswer::Accepted => {
                self.take(&mail);
                Delivery::Accepted { provider_id: "1".into() }
            }
            MailAnswer::AcceptedUnheard => {
                self.take(&mail);
                Delivery::Retry { why: MailTroubleCode::NoAnswer.into(), after_seconds: None }
            }
            MailAnswer::Conflict => Delivery::Refused { why: MailTrouble::answered(409) },
            MailAnswer::Unprocessable => Delivery::Refused { why: MailTrouble::answered(422) },
            MailAnswer::Busy { seconds } => {
                Delivery::Retry { why: MailTrouble::answered(429), after_seconds: Some(u32::from(seconds)) }
            }
            MailAnswer::Fault => Delivery::Retry { why: MailTrouble::answered(503), after_seconds: None },
            MailAnswer::Dropped => {
                self.house.restart();
                return Ok(());
            }
        };
        if matches!(delivery, Delivery::Refused { .. }) {
            self.post.refused.insert(key);
        }
        let noted = self.within_fate(|house| house.try_to_record(&mail, &delivery))?;
        if noted.is_some() {
            if answer == MailAnswer::Accepted {
                self.post.heard.insert(mail.idempotency_key);
            }
            self.reach.note(match answer {
                MailAnswer::Accepted => "a mail is accepted",
                MailAnswer::AcceptedUnheard => "a mail is accepted unheard",
                MailAnswer::Conflict | MailAnswer::Unprocessable => "a mail is refused",
                MailAnswer::Busy { .. } => "a mail is put off",
                MailAnswer::Fault | MailAnswer::Dropped => "a mail is tried again",
            });
        }
        Ok(())
    }

    /// The mail arrives, and whoever reads it finds what is in it.
    fn take(&mut self, mail: &OutgoingMail) {
        if !self.post.accepted.insert(mail.idempotency_key.clone()) {
            self.reach.note("a mail is accepted again");
            return;
        }
        if let Some(pin) = self.model.pins.iter_mut().find(|pin| pin.key == mail.idempotency_key) {
            let is_pin = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
            pin.digits = mail.text.lines().map(str::trim).find(is_pin).map(str::to_owned);
        }
        let link = mail.text.split("/reset#").nth(1).and_then(|rest| rest.split_whitespace().next());
        self.post.links.extend(link.and_then(|token| token.parse().ok()).map(|token| (token, false)));
    }
}
