//! What became of the mails, for owners.

use serde::{Deserialize, Serialize};
use wire::{
    ProblemCode,
    activities::Action,
    ids::MailId,
    mails::{MAILS_LISTED_MAX, MailList, MailRecord},
};

use super::{Command, seat};
use crate::{
    call::{Audience, Call, CommandError},
    records::{
        accounts::{self, Account},
        outbox::{self, Remembered},
        settings::Settings,
        sql::SqlError,
    },
    rules::roles::Need,
};

/// Lists the mails.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListMails {}

impl Command for ListMails {
    const NAME: &'static str = "list_mails";
    const NEEDS: Need = Need::Owner;
    const WHILE_LOCKED: bool = true;
    type Reply = MailList;

    fn run(self, call: &mut Call<'_>) -> Result<MailList, CommandError> {
        Ok(list(call)?)
    }
}

/// Sends a mail again that has failed.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendMailAgain {
    /// The mail.
    pub id: MailId,
}

impl Command for SendMailAgain {
    const NAME: &'static str = "send_mail_again";
    const NEEDS: Need = Need::Owner;
    type Reply = MailList;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        outbox::by_id(call.sql, &self.id)?.map(drop).ok_or(ProblemCode::NotFound.into())
    }

    fn run(self, call: &mut Call<'_>) -> Result<MailList, CommandError> {
        let actor = call.require_session()?;
        let mail = outbox::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        let recipient = accounts::by_id(call.sql, &mail.recipient)?;
        let address = recipient.as_ref().filter(|_| mail.repeatable).and_then(address);
        let (Some(recipient), Some(address)) = (&recipient, address) else {
            return Err(ProblemCode::MailNotRepeatable.into());
        };
        let (nonce, key) = (call.random_bytes(), MailId::from_random(call.random_bytes()));
        let key = format!("{}/again/{key}", call.settings()?.code);
        if !outbox::queue_again(call.sql, call.keys, nonce, mail.row, &key, address, call.now)? {
            return Err(ProblemCode::MailNotRepeatable.into());
        }
        let user = seat::in_log(&call.settings()?, recipient);
        call.log_changes(Action::MailSentAgain, user, &actor, Vec::new())?;
        call.tell(&Audience::Deliveries);
        Ok(list(call)?)
    }
}

fn list(call: &Call<'_>) -> Result<MailList, SqlError> {
    let settings = call.settings()?;
    let people = accounts::all(call.sql)?;
    let mails = outbox::remembered(call.sql, MAILS_LISTED_MAX)?.into_iter();
    Ok(MailList { mails: mails.filter_map(|mail| record(&settings, &people, mail)).collect() })
}

fn record(settings: &Settings, people: &[Account], mail: Remembered) -> Option<MailRecord> {
    let recipient = people.iter().find(|account| account.id == mail.recipient)?;
    Some(MailRecord {
        id: mail.id,
        kind: mail.kind,
        to: mail.recipient,
        full_name: recipient.name.written(settings.language),
        at: mail.created_at,
        state: mail.state,
        why: mail.why,
        may_send_again: mail.repeatable && address(recipient).is_some(),
    })
}

/// Where somebody's mails go: nowhere, once they were removed.
fn address(account: &Account) -> Option<&str> {
    let address = account.email.as_ref()?.as_str();
    account.removed_at.is_none().then_some(address)
}
