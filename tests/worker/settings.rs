//! Policies of the clinic's own hold at once, within their bounds, and the log says what they were before.

use anyhow::{Result, bail, ensure};
use wardkey_tests::{Clinic, Wardkey};
use wire::{
    Empty, ProblemCode,
    activities::{Action, Changed},
    settings::{ChangePolicies, ChangeSettings, ClinicSettings, GetSettings, PoliciesChange, SettingsChange},
    sign_in::SignInState,
};

use crate::acts;

#[tokio::test]
async fn three_strikes_lock_where_the_policy_says_three() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    acts::set_policies(&owner, |policies| policies.strikes_max = 3).await?;
    let client = clinic.at("Reception 1").await?;
    for (strike, code) in
        [ProblemCode::LoginWrong, ProblemCode::LoginWrong, ProblemCode::AccountLocked].iter().enumerate()
    {
        let Err(refusal) = client.try_password("hughes", "wrong").await? else { bail!("let in") };
        ensure!(refusal.problem.code == *code, "strike {}: {refusal}", strike + 1);
    }
    let Err(refusal) = client.try_password("hughes", &clinic.user("hughes")?.password).await? else {
        bail!("let in")
    };
    acts::expect(&refusal, 423, ProblemCode::AccountLocked)?;

    let log = acts::log(&owner).await?;
    let Some(line) = log.iter().find(|line| line.action == Action::PolicyChanged) else { bail!("no line") };
    let [change] = line.changes.as_slice() else { bail!("{line:?}") };
    ensure!(change.what == Changed::Policy("strikes_max".into()), "{change:?}");
    ensure!((change.old.as_str(), change.new.as_str()) == ("5", "3"), "{change:?}");
    Ok(())
}

#[tokio::test]
async fn a_policy_stays_within_its_bounds() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let ClinicSettings { version, policies, .. } = owner.call::<GetSettings>(&Empty {}).await?;
    for (name, bounds, _) in policies.numbers() {
        for value in [bounds.min.wrapping_sub(1), bounds.max + 1, u32::MAX] {
            let mut change = serde_json::to_value(PoliciesChange { version, policies })?;
            change["policies"][name] = value.into();
            let refusal = owner.refusal::<ChangePolicies>(&serde_json::from_value(change)?).await?;
            acts::expect(&refusal, 422, ProblemCode::OutOfBounds)?;
            ensure!(refusal.problem.field.as_deref() == Some(name), "{name} {value}: {refusal}");
        }
    }
    for minutes in [0, 4, 61] {
        let mut policies = policies;
        policies.automatic_unlock_minutes = Some(minutes);
        let refusal = owner.refusal::<ChangePolicies>(&PoliciesChange { version, policies }).await?;
        acts::expect(&refusal, 422, ProblemCode::OutOfBounds)?;
        ensure!(refusal.problem.field.as_deref() == Some("automatic_unlock_minutes"), "{refusal}");
    }
    ensure!(owner.call::<GetSettings>(&Empty {}).await?.version == version, "something was changed");
    Ok(())
}

#[tokio::test]
async fn name_and_time_zone_are_seen_at_once_by_everybody() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let administrator = clinic.signed_in("Reception 1", clinic.user("sys_harbour")?).await?;
    let settings = administrator.call::<GetSettings>(&Empty {}).await?;
    ensure!(settings.may_change && !settings.may_change_policies, "{settings:?}");
    let change = |name: &str, time_zone: &str| SettingsChange {
        version: settings.version,
        name: name.to_owned(),
        time_zone: time_zone.to_owned(),
        language: settings.language,
    };
    for (name, zone, field, code) in [
        ("", "Europe/Paris", "name", ProblemCode::NameMalformed),
        ("Harbour House", "Europe/Atlantis", "time_zone", ProblemCode::TimeZoneUnknown),
    ] {
        let refusal = administrator.refusal::<ChangeSettings>(&change(name, zone)).await?;
        acts::expect(&refusal, 422, code)?;
        ensure!(refusal.problem.field.as_deref() == Some(field), "{refusal}");
    }
    administrator.call::<ChangeSettings>(&change("Harbour House", "Europe/Paris")).await?;
    let SignInState::User { seat } = clinic.at("Reception 2").await?.state().await? else { bail!("where?") };
    ensure!(seat.clinic == "Harbour House" && seat.time_zone == "Europe/Paris", "{seat:?}");
    Ok(())
}
