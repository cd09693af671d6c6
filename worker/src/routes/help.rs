//! The help pages are files; what comes back from them is whether they helped, which is kept at the support desk.

use clinic::desk::NoteHelpAnswer;
use wire::{Empty, Problem, help::HelpAnswer};

use crate::{clinics::Purpose, visit::Visit};

pub async fn answer(visit: &mut Visit<'_>, answer: HelpAnswer) -> Result<Empty, Problem> {
    visit.ask_desk(&NoteHelpAnswer { answer }, Purpose::Change).await
}
