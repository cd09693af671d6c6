//! Mails on their way: written into the outbox by commands, taken out by the alarm.

use crate::{
    call::{Audience, Call},
    keys::Keys,
    mails::{self, Facts, Letter},
    records::{
        accounts::{self, Account},
        outbox::{self, NewMail},
        settings::Settings,
        sql::{Sql, SqlError},
    },
    rules::time_zone,
};
use wire::{
    Language, Timestamp,
    ids::MailId,
    mails::{MailTrouble, MailTroubleCode},
};

/// Mails that one ring of the alarm takes.
pub const MAILS_A_RING_MAX: u32 = 20;
/// Where the page of the computers is.
const COMPUTERS_PAGE: &str = "/clinic/computers";

impl Call<'_> {
    /// Queues a mail about `user` to `to`, if there is an address to write to.
    pub(super) fn mail(
        &mut self,
        settings: &Settings,
        letter: &Letter<'_>,
        user: &Account,
        to: &Account,
        computer: &str,
        idempotency_key: &str,
    ) -> Result<(), SqlError> {
        if to.email.is_none() {
            return Ok(());
        }
        let account_page = format!("{}/clinic/users/{}", self.origin, user.id);
        let facts = Facts {
            clinic: &settings.name,
            user: &user.name.short(),
            at: &time_zone::written(self.now, &settings.time_zone, to.language),
            computer,
            account_page: &account_page,
        };
        self.post(letter, &facts, Some(to), to.language, idempotency_key)
    }

    /// Queues a mail to every owner about a browser that step 1 has let in.
    pub(super) fn mail_of_computer(&mut self, computer: &str) -> Result<(), SqlError> {
        let settings = self.settings()?;
        let event = MailId::from_random(self.random_bytes());
        let page = format!("{}{COMPUTERS_PAGE}", self.origin);
        let address = self.caller.address.clone();
        for owner in accounts::owners(self.sql)?.iter().filter(|owner| owner.email.is_some()) {
            let facts = Facts {
                clinic: &settings.name,
                user: "",
                at: &time_zone::written(self.now, &settings.time_zone, owner.language),
                computer,
                account_page: "",
            };
            let letter = Letter::ComputerAuthorized { address: &address, page: &page };
            let key = format!("{}/{event}/computer/{}", settings.code, owner.id);
            self.post(&letter, &facts, Some(owner), owner.language, &key)?;
        }
        Ok(())
    }

    /// Queues a mail about `user` to somebody who may have no account, or no address. It is as much work as any other then: a mail to
    /// nobody is written, sealed and stored, and goes no further.
    pub(super) fn mail_whoever_it_is(
        &mut self,
        settings: &Settings,
        letter: &Letter<'_>,
        user: Option<&Account>,
        to: Option<&Account>,
        computer: &str,
        idempotency_key: &str,
    ) -> Result<(), SqlError> {
        let language = to.map_or(settings.language, |to| to.language);
        let page = user.map(|user| format!("{}/clinic/users/{}", self.origin, user.id));
        let facts = Facts {
            clinic: &settings.name,
            user: &user.map(|user| user.name.short()).unwrap_or_default(),
            at: &time_zone::written(self.now, &settings.time_zone, language),
            computer,
            account_page: &page.unwrap_or_default(),
        };
        let to = to.filter(|to| to.email.is_some());
        self.post(letter, &facts, to, language, idempotency_key)
    }

    fn post(
        &mut self,
        letter: &Letter<'_>,
        facts: &Facts<'_>,
        to: Option<&Account>,
        language: Language,
        idempotency_key: &str,
    ) -> Result<(), SqlError> {
        let mail = mails::write(letter, facts, to.and_then(|to| to.email.as_ref()), language);
        let nonce = self.random_bytes();
        let id = MailId::from_random(self.random_bytes());
        let new = NewMail {
            id,
            idempotency_key,
            kind: letter.kind(),
            recipient: to.map(|to| &to.id),
            // A secret is of no use later, and what tells of a new address is for the old one.
            repeatable: letter.minutes().is_none() && !matches!(letter, Letter::EmailChanged),
            mail: &mail,
            give_up_at: self.now.plus_minutes(letter.minutes().unwrap_or(outbox::LIFETIME_DAYS * 24 * 60)),
        };
        outbox::forget_old(self.sql, self.now)?;
        outbox::queue(self.sql, self.keys, nonce, &new, self.now)?;
        self.tell(&Audience::Deliveries);
        Ok(())
    }
}

/// A mail for the mail API.
#[derive(Clone, Debug)]
pub struct OutgoingMail {
    /// The key that makes every delivery after the first a repetition, and by which what became of it is told; at most 256 characters.
    pub idempotency_key: String,
    /// The one recipient.
    pub to: String,
    /// The language it is written in.
    pub language: Language,
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
}

/// What the mail API said.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// Accepted.
    Accepted {
        /// The id that the mail API gave it.
        provider_id: String,
    },
    /// Refused for good.
    Refused {
        /// Why, for the owner.
        why: MailTrouble,
    },
    /// Not accepted this time.
    Retry {
        /// Why, for the owner.
        why: MailTrouble,
        /// How long the mail API asked to wait.
        after_seconds: Option<u32>,
    },
}

/// Takes the mails that are due. Those that have waited too long, and those that can't be opened, fail for good; those to
/// nobody are forgotten. Gives back as well whether the owners' screens show it otherwise now.
pub(crate) fn take_due(
    sql: &dyn Sql,
    keys: &Keys,
    now: Timestamp,
) -> Result<(Vec<OutgoingMail>, bool), SqlError> {
    let mut outgoing = Vec::new();
    let mut is_news = false;
    for due in outbox::take_due(sql, keys, now, MAILS_A_RING_MAX)? {
        if due.mail.as_ref().is_some_and(|mail| mail.to.is_empty()) {
            outbox::forget(sql, due.id)?;
            continue;
        }
        if due.give_up_at <= now {
            outbox::mark_given_up(sql, due.id, now)?;
            is_news = true;
            continue;
        }
        let Some(mail) = due.mail else {
            outbox::mark_failed(sql, due.id, MailTroubleCode::Unreadable.into(), now)?;
            is_news = true;
            continue;
        };
        outgoing.push(OutgoingMail {
            idempotency_key: due.idempotency_key,
            to: mail.to,
            language: mail.language,
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
        });
    }
    // Nothing is stuck where nothing waits: else the owners would be warned until the next mail, and of the wrong hour then.
    if outbox::next_due(sql, now)?.is_none() {
        outbox::note_flowing(sql)?;
    }
    Ok((outgoing, is_news))
}

/// Notes what became of a mail, and gives back whether the owners' screens show it otherwise now. It goes by the key: a mail that was
/// sent again has another one, and a late answer to its old copy says nothing of the new one.
pub(crate) fn record(
    sql: &dyn Sql,
    now: Timestamp,
    key: &str,
    delivery: &Delivery,
) -> Result<bool, SqlError> {
    let Some(mail) = outbox::of_key(sql, key)? else { return Ok(false) };
    match delivery {
        // It has arrived, whatever was said of another copy before.
        Delivery::Accepted { provider_id } => {
            outbox::mark_sent(sql, mail.row, provider_id, now)?;
            outbox::note_flowing(sql)?;
            Ok(true)
        }
        // What is settled stays so: of two copies under way one may be refused for the other's sake.
        Delivery::Refused { .. } | Delivery::Retry { .. } if !mail.queued => Ok(false),
        Delivery::Refused { why } => {
            outbox::mark_failed(sql, mail.row, *why, now)?;
            outbox::note_flowing(sql)?;
            Ok(true)
        }
        Delivery::Retry { why, after_seconds } => {
            let longest = now.plus_minutes(outbox::WAIT_MINUTES_MAX);
            let not_before = after_seconds.map(|seconds| now.plus_seconds(i64::from(seconds)).min(longest));
            let is_news = outbox::mark_delayed(sql, mail.row, *why, not_before)?;
            let warn = outbox::note_failing(sql, now)?;
            Ok(is_news || warn)
        }
    }
}
