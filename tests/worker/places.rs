//! Where a clinic is kept: chosen when it is made, told by its code from then on, and offered where the platform can.

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use wardkey_tests::{Client, Clinic, Wardkey, desk::Helper, jurisdictions};
use wire::{
    Empty, ProblemCode,
    fields::LEGIBLE_ALPHABET,
    place::{ClinicPlace, Jurisdiction, Region},
    setup::{CheckSetupLink, SetUpClinic, SetupToken},
    sign_in::{AuthorizeComputer, ComputerCredentials, SignInState},
    support::{DeskAction, MakeClinicLink, OpenDesk},
};

use crate::{acts, setup};

#[tokio::test]
async fn a_clinic_is_kept_to_what_was_chosen_from_its_first_moment_on() -> Result<()> {
    let folder = TempDir::with_prefix("wardkey-places-")?;
    let wardkey = jurisdictions::offered(folder.path())?;
    let helper = Helper::new(&wardkey)?;
    let operator = helper.signed_in().await?;
    let desk = operator.call::<OpenDesk>(&Empty {}).await?;
    ensure!(desk.jurisdictions == Jurisdiction::ALL, "{:?}", desk.jurisdictions);
    let places = [
        (ClinicPlace::default(), "kept to nothing", "nothing"),
        (ClinicPlace { jurisdiction: None, near: Some(Region::Oc) }, "kept to nothing", "oc"),
        (
            ClinicPlace { jurisdiction: Some(Jurisdiction::Eu), near: Some(Region::Weur) },
            "kept to eu",
            "weur",
        ),
        (ClinicPlace { jurisdiction: Some(Jurisdiction::Fedramp), near: None }, "kept to fedramp", "nothing"),
    ];
    for (place, kept, near) in places {
        let link = operator.call::<MakeClinicLink>(&place).await?.link;
        let (_, token) = link.split_once('#').context("no token")?;
        let stranger = Client::new(wardkey.origin())?;
        stranger.call::<CheckSetupLink>(&SetupToken { token: token.to_owned() }).await?;
        let done = stranger.call::<SetUpClinic>(&setup::request(token)).await?;
        let pair = done.form.computer.as_ref().context("no computer")?;
        let (code, _) = pair.username.split_once('-').context("no code")?;
        let door = acts::browser(&wardkey, &done.form).await?;
        acts::sign_in_first(&door, &done.owner, "a fine new tune").await?;
        let log = wardkey.log();
        let asked: Vec<_> = log.split("[place] ").filter(|told| told.starts_with(code)).collect();
        ensure!(asked.len() > 5, "{code} was asked {} times:\n{log}", asked.len());
        let right = format!("{code} {kept} near ");
        ensure!(asked.iter().all(|told| told.starts_with(&right)), "{asked:?}");
        let first = asked.first().context("never asked")?;
        ensure!(first.starts_with(&format!("{right}{near} [end]")), "made as {first}");
    }
    Ok(())
}

#[tokio::test]
async fn where_the_runtime_knows_no_jurisdictions_none_is_offered_or_promised() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let helper = Helper::new(wardkey)?;
    let operator = helper.signed_in().await?;
    let asked = ClinicPlace { jurisdiction: Some(Jurisdiction::Eu), near: None };
    let refusal = operator.refusal::<MakeClinicLink>(&asked).await?;
    acts::expect(&refusal, 422, ProblemCode::JurisdictionNotOffered)?;
    ensure!(refusal.problem.field.as_deref() == Some("jurisdiction"), "{refusal}");
    let desk = operator.call::<OpenDesk>(&Empty {}).await?;
    ensure!(desk.jurisdictions.is_empty(), "{:?}", desk.jurisdictions);
    let made = |line: &wire::support::DeskLine| {
        line.action == DeskAction::SetupLinkMade && line.operator == helper.name
    };
    ensure!(!desk.log.iter().any(made), "a link that was not made is in the log");
    operator.call::<MakeClinicLink>(&ClinicPlace { jurisdiction: None, near: Some(Region::Apac) }).await?;
    Ok(())
}

/// Of the characters that a code can end with, three more make it one of a clinic that is kept to a jurisdiction.
#[tokio::test]
async fn a_code_whose_last_character_is_another_one_is_that_of_no_clinic() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let stranger = Client::new(clinic.wardkey.origin())?;
    let code = clinic.opened.code.as_str();
    let (start, last) = code.split_at(code.len() - 1);
    let cookies = clinic.at("Reception 1").await?.cookies();
    ensure!(cookies.values().any(|value| value.contains(code)), "no cookie names the clinic");
    for other in LEGIBLE_ALPHABET.map(|byte| char::from(byte).to_string()) {
        if other == last {
            continue;
        }
        let request = ComputerCredentials { username: format!("{start}{other}-1"), password: "a".repeat(24) };
        let refusal = stranger.refusal::<AuthorizeComputer>(&request).await?;
        acts::expect(&refusal, 401, ProblemCode::ComputerWrong)?;
        let changed = cookies
            .iter()
            .map(|(name, value)| (name.clone(), value.replace(code, &format!("{start}{other}"))));
        let visitor = Client::new(clinic.wardkey.origin())?.with_cookies(changed.collect());
        ensure!(visitor.state().await? == SignInState::Computer, "{start}{other}");
    }
    Ok(())
}
