//! A clinic is opened with a link of the operator's: once, within a day, and by nothing that only looks like one.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clinic::{Keys, NewPlace};
use serde_json::{Value, json};
use wardkey_tests::{Client, Refusal, Wardkey};
use wire::{
    Empty, Language, ProblemCode, Role, Timestamp,
    computers::ListComputers,
    place::ClinicPlace,
    setup::{
        AdministratorName, CheckSetupLink, MakeSetupLink, SetUpClinic, SetupDone, SetupRequest, SetupToken,
    },
    users::ListUsers,
};
use xtask::operator::Operator;

use crate::acts;

const HOUR_MILLIS: i64 = 60 * 60 * 1_000;

/// The token of a new link, as the operator is given it.
pub fn new_token(wardkey: &Wardkey) -> Result<String> {
    let operator = Operator::new(wardkey.origin(), &wardkey.settings().secret_key_bytes()?)?;
    let made = operator.call::<MakeSetupLink>(&ClinicPlace::default())?;
    let left = made.expires_at.0 - now()?;
    ensure!((23 * HOUR_MILLIS..=24 * HOUR_MILLIS + 60_000).contains(&left), "{left} ms");
    let token = made.link.strip_prefix(&format!("{}/setup#", wardkey.origin()));
    Ok(token.with_context(|| made.link.clone())?.to_owned())
}

fn now() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

/// A link as this deployment makes them, good until `expires_at`.
fn token_until(wardkey: &Wardkey, expires_at: Timestamp) -> Result<String> {
    let secret: [u8; 32] =
        wardkey.settings().secret_key_bytes()?.try_into().map_err(|_| anyhow!("not 32 bytes"))?;
    let keys = Keys::derive(&secret);
    let clinic = keys.clinic_code([9, 8, 7, 6, 5, 4], None);
    Ok(keys.setup_token(&NewPlace { clinic, near: None, expires_at }))
}

/// A clinic to be opened with it.
pub fn request(token: &str) -> SetupRequest {
    SetupRequest {
        token: token.to_owned(),
        clinic: "Clinique du Port".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        language: Language::Fr,
        last_name: "Lefèvre".to_owned(),
        first_name: "Inès".to_owned(),
        middle_name: String::new(),
        email: "ines@port.example.org".to_owned(),
        computer: "Accueil".to_owned(),
        profile: "Principal".to_owned(),
        administrator: AdministratorName {
            last_name: "système".to_owned(),
            first_name: "Administrateur".to_owned(),
        },
    }
}

#[tokio::test]
async fn a_link_opens_a_clinic_that_can_be_signed_in_to_at_once() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let token = new_token(wardkey)?;
    let stranger = Client::new(wardkey.origin())?;
    let offer = stranger.call::<CheckSetupLink>(&SetupToken { token: token.clone() }).await?;
    ensure!(offer.expires_at.0 > now()?);
    let SetupDone { form, owner } = stranger.call::<SetUpClinic>(&request(&token)).await?;
    let administrator = form.administrator.as_ref().context("no sys_ pair")?;
    ensure!(
        form.clinic == "Clinique du Port" && form.address == format!("{}/", wardkey.origin()),
        "{form:?}"
    );
    ensure!(
        owner.login == "lefevre" && administrator.login == "sys_cliniqueduport",
        "{owner:?} {administrator:?}"
    );
    ensure!(form.computer.as_ref().is_some_and(|pair| pair.password.len() == 24), "{form:?}");

    let door = acts::browser(wardkey, &form).await?;
    acts::sign_in_first(&door, administrator, "the pump room key").await?;
    let users = door.call::<ListUsers>(&Empty {}).await?.users;
    let mut roles: Vec<(Role, &str)> = users.iter().map(|user| (user.role, user.login.as_str())).collect();
    roles.sort_by_key(|(_, login)| *login);
    ensure!(
        roles == [(Role::Owner, "lefevre"), (Role::SystemAdministrator, "sys_cliniqueduport")],
        "{roles:?}"
    );
    door.sign_out().await?;
    acts::sign_in_first(&door, &owner, "the pump room key").await?;
    let places = door.call::<ListComputers>(&Empty {}).await?;
    ensure!(places.computers.len() == 1 && places.profiles.len() == 1 && places.may_edit, "{places:?}");
    Ok(())
}

#[tokio::test]
async fn a_link_works_once() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let token = new_token(wardkey)?;
    let stranger = Client::new(wardkey.origin())?;
    stranger.call::<SetUpClinic>(&request(&token)).await?;
    let used = ProblemCode::SetupLinkUsed;
    acts::expect(
        &stranger.refusal::<CheckSetupLink>(&SetupToken { token: token.clone() }).await?,
        410,
        used,
    )?;
    acts::expect(&stranger.refusal::<SetUpClinic>(&request(&token)).await?, 410, used)
}

#[tokio::test]
async fn of_many_who_use_a_link_at_once_one_opens_the_clinic() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let token = new_token(wardkey)?;
    let strangers = (0..4).map(|_| Client::new(wardkey.origin())).collect::<Result<Vec<_>>>()?;
    let request = request(&token);
    let tries = strangers.iter().map(|stranger| stranger.try_call::<SetUpClinic>(&request));
    let outcomes = futures_util::future::try_join_all(tries).await?;
    let mut opened = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(done) => opened.push(done),
            Err(refusal) => acts::expect(&refusal, 410, ProblemCode::SetupLinkUsed)?,
        }
    }
    let [SetupDone { form, owner }] = opened.as_slice() else { bail!("{} opened it", opened.len()) };
    // And the form of the one who did is the clinic's.
    acts::sign_in_first(&acts::browser(wardkey, form).await?, owner, "the pump room key").await
}

#[tokio::test]
async fn a_link_that_is_too_old_or_not_ours_opens_nothing() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let stranger = Client::new(wardkey.origin())?;
    let refused = async |token: String, status: u16, code: ProblemCode| {
        let check = stranger.refusal::<CheckSetupLink>(&SetupToken { token: token.clone() }).await?;
        acts::expect(&check, status, code)?;
        acts::expect(&stranger.refusal::<SetUpClinic>(&request(&token)).await?, status, code)
    };
    let a_minute_ago = token_until(wardkey, Timestamp(now()? - 60_000))?;
    refused(a_minute_ago.clone(), 410, ProblemCode::SetupLinkExpired).await?;

    let token = new_token(wardkey)?;
    let parts: Vec<&str> = token.split('.').collect();
    let [code, until, mac] = parts[..] else { bail!("{token}") };
    let later = until.parse::<i64>()? + 1;
    let forged_mac: String = mac.chars().rev().collect();
    for forged in [
        String::new(),
        "x".to_owned(),
        "..".to_owned(),
        format!("{code}.{until}"),
        format!("{code}.{until}."),
        format!("{code}.{later}.{mac}"),
        format!("{code}.-{until}.{mac}"),
        format!("{code}.{until}.{forged_mac}"),
        format!("{code}.{until}.{mac}{mac}"),
        format!("{}.{until}.{mac}", code.chars().rev().collect::<String>()),
        // The MAC of another link.
        format!("{code}.{until}.{}", a_minute_ago.rsplit('.').next().unwrap_or_default()),
        "a".repeat(10_000),
    ] {
        refused(forged, 403, ProblemCode::SetupLinkWrong).await?;
    }
    // The true one has taken no harm.
    stranger.call::<CheckSetupLink>(&SetupToken { token }).await.map(drop)
}

#[tokio::test]
async fn what_is_wrong_in_a_setup_is_said_beside_its_field_and_uses_nothing_up() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let token = new_token(wardkey)?;
    let stranger = Client::new(wardkey.origin())?;
    let too_long = "x".repeat(500);
    for (field, value, code) in [
        ("clinic", json!(""), ProblemCode::NameMalformed),
        ("clinic", json!(too_long), ProblemCode::NameMalformed),
        ("clinic", json!("Port\u{7}"), ProblemCode::NameMalformed),
        ("time_zone", json!(""), ProblemCode::TimeZoneUnknown),
        ("time_zone", json!("Europe/Atlantis"), ProblemCode::TimeZoneUnknown),
        ("last_name", json!(" "), ProblemCode::NameMalformed),
        ("first_name", json!("\n"), ProblemCode::NameMalformed),
        ("middle_name", json!(too_long), ProblemCode::NameMalformed),
        ("email", json!(""), ProblemCode::EmailMissing),
        ("email", json!("ines"), ProblemCode::EmailMalformed),
        ("email", json!("ines@port.example.org\r\nBcc: all@port.example.org"), ProblemCode::EmailMalformed),
        ("computer", json!(""), ProblemCode::NameMalformed),
        ("profile", json!("\u{202e}"), ProblemCode::NameMalformed),
        ("administrator", json!({ "last_name": "", "first_name": "x" }), ProblemCode::NameMalformed),
    ] {
        let mut body: Value = serde_json::to_value(request(&token))?;
        body[field] = value.clone();
        let refusal: Refusal = stranger.refusal::<SetUpClinic>(&serde_json::from_value(body)?).await?;
        acts::expect(&refusal, 422, code).with_context(|| format!("{field} {value}"))?;
        ensure!(refusal.problem.field.as_deref() == Some(field), "{field}: {refusal}");
    }
    stranger.call::<SetUpClinic>(&request(&token)).await.map(drop)
}
