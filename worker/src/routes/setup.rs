//! A new clinic, opened with a one-time setup link.

use clinic::commands::setup::{ReadSetup, SetUpClinic};
use wire::{
    Problem, ProblemCode, Timestamp,
    fields::ClinicCode,
    setup::{SetupDone, SetupOffer, SetupRequest, SetupToken},
};

use crate::{password, visit::Visit, world};

pub async fn check(visit: &mut Visit<'_>, request: SetupToken) -> Result<SetupOffer, Problem> {
    let (_, expires_at) = unused(visit, &request.token).await?;
    Ok(SetupOffer { expires_at })
}

pub async fn set_up(visit: &mut Visit<'_>, request: SetupRequest) -> Result<SetupDone, Problem> {
    // Asked before anything is hashed, and once more by the command: of two at once, one opens the clinic.
    let (code, _) = unused(visit, &request.token).await?;
    let owner = password::draw_first(visit.config)?;
    let administrator = password::draw_first(visit.config)?;
    let command = SetUpClinic { code: code.clone(), request, owner, administrator };
    visit.change_in(&code, &command).await
}

/// The clinic that a link is for, and until when, if it is still to be opened.
async fn unused(visit: &Visit<'_>, token: &str) -> Result<(ClinicCode, Timestamp), Problem> {
    let (code, expires_at) = visit.config.keys.read_setup_token(token, world::now())?;
    if visit.read_in(&code, &ReadSetup {}).await? {
        return Err(Problem::new(ProblemCode::SetupLinkUsed));
    }
    Ok((code, expires_at))
}
