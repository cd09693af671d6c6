//! The own account.

use clinic::commands::me::{ChangeLanguage, ReadMe, SignOutEverywhere};
use wire::{
    Empty, Problem,
    me::{LanguageChange, MyAccount},
    sign_in::SignInState,
};

use crate::{cookies::Cookie, visit::Visit};

pub async fn show(visit: &mut Visit<'_>, _: Empty) -> Result<MyAccount, Problem> {
    visit.read(&ReadMe {}).await
}

pub async fn change_language(visit: &mut Visit<'_>, request: LanguageChange) -> Result<MyAccount, Problem> {
    visit.change(&ChangeLanguage { language: request.language }).await
}

pub async fn sign_out_everywhere(visit: &mut Visit<'_>, _: Empty) -> Result<SignInState, Problem> {
    let state = visit.change(&SignOutEverywhere {}).await?;
    visit.forget(&[Cookie::Question, Cookie::Session]);
    Ok(state)
}
