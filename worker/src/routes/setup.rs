//! A new clinic, opened with a one-time setup link.

use clinic::{
    NewPlace,
    commands::setup::{ReadSetup, SetUpClinic},
};
use wire::{
    Problem, ProblemCode,
    setup::{SetupDone, SetupOffer, SetupRequest, SetupToken},
};

use crate::{password::Passwords, visit::Visit, world};

pub async fn check(visit: &mut Visit<'_>, request: SetupToken) -> Result<SetupOffer, Problem> {
    let place = unused(visit, &request.token).await?;
    Ok(SetupOffer { expires_at: place.expires_at })
}

pub async fn set_up(visit: &mut Visit<'_>, request: SetupRequest) -> Result<SetupDone, Problem> {
    // Asked before anything is hashed, and once more by the command: of two at once, one opens the clinic.
    let place = unused(visit, &request.token).await?;
    let passwords = Passwords::of_clinic(visit.config, &place.clinic);
    let (owner, administrator) = (passwords.draw_first()?, passwords.draw_first()?);
    let command = SetUpClinic { code: place.clinic.clone(), request, owner, administrator };
    visit.change_in(&place.clinic, &command).await
}

/// What a link is for, if it is still to be opened. Its object comes to be with the first question, where the link wants it.
async fn unused(visit: &mut Visit<'_>, token: &str) -> Result<NewPlace, Problem> {
    let place = visit.config.keys.read_setup_token(token, world::now())?;
    visit.settle_near(place.near);
    if visit.read_in(&place.clinic, &ReadSetup {}).await? {
        return Err(Problem::new(ProblemCode::SetupLinkUsed));
    }
    Ok(place)
}
