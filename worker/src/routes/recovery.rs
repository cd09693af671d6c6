//! Forgot password. The links of the mails are used on any device: they name their clinic, and no cookie is looked at.

use clinic::{
    commands::recovery::{CheckReset, RequestReset, ResetCase, ResetPassword},
    rules::{passwords::check_own_password, user_password::UserPassword},
};
use wire::{
    Empty, Problem, ProblemCode,
    recovery::{ResetChoice, ResetLink, ResetOffer, ResetRequest, ResetToken},
};

use crate::{password::Passwords, visit::Visit};

pub async fn request(visit: &mut Visit<'_>, request: ResetRequest) -> Result<Empty, Problem> {
    visit.change(&RequestReset { login: request.login.parse()? }).await
}

pub async fn check(visit: &mut Visit<'_>, request: ResetLink) -> Result<ResetOffer, Problem> {
    Ok(case(visit, &known(visit, &request.token)?).await?.offer)
}

pub async fn set(visit: &mut Visit<'_>, request: ResetChoice) -> Result<Empty, Problem> {
    let token = known(visit, &request.token)?;
    let password: UserPassword = request.password.parse()?;
    // Asked before anything is hashed, and once more by the command: of two at once, one sets its password.
    let ResetCase { offer, about } = case(visit, &token).await?;
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    check_own_password(&password, offer.length_min, &about)?;
    let password_hash = Passwords::of_clinic(visit.config, &token.clinic).hash_new(&password)?;
    let ResetToken { clinic, account, secret } = token;
    visit.change_in(&clinic, &ResetPassword { account, secret, password_hash }).await
}

/// The token of a link, if it names a clinic that this deployment may have: a made-up one costs neither storage nor an object.
fn known(visit: &Visit<'_>, token: &str) -> Result<ResetToken, Problem> {
    let token: ResetToken = token.parse()?;
    if visit.config.knows_clinic(&token.clinic) {
        Ok(token)
    } else {
        Err(Problem::new(ProblemCode::ResetLinkWrong))
    }
}

async fn case(visit: &Visit<'_>, token: &ResetToken) -> Result<ResetCase, Problem> {
    let (account, secret) = (token.account.clone(), token.secret.clone());
    visit.read_in(&token.clinic, &CheckReset { account, secret }).await
}
