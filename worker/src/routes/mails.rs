//! Management: what became of the mails.

use clinic::commands::mails::{ListMails, SendMailAgain};
use wire::{
    Empty, Problem,
    mails::{MailList, MailQuery},
};

use crate::visit::Visit;

pub async fn list(visit: &mut Visit<'_>, _: Empty) -> Result<MailList, Problem> {
    visit.read(&ListMails {}).await
}

pub async fn send_again(visit: &mut Visit<'_>, request: MailQuery) -> Result<MailList, Problem> {
    visit.change(&SendMailAgain { id: request.id.parse()? }).await
}
