//! The clinic's settings and policies.

use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode,
    activities::{Action, Change, Changed, Subject},
    fields::Name,
    rights::{Module, Right},
    settings::{AUTOMATIC_UNLOCK_MINUTES, ClinicSettings, Policies, PoliciesChange, SettingsChange},
};

use super::Command;
use crate::{
    call::{Audience, Call, CommandError},
    records::{accounts::Account, settings::Settings},
    rules::{roles::Need, time_zone},
};

const CHANGE: Need = Need::Right(Module::Settings, Right::Edit);

/// Shows the settings.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadSettings {}

impl Command for ReadSettings {
    const NAME: &'static str = "read_settings";
    const NEEDS: Need = Need::Right(Module::Settings, Right::Read);
    type Reply = ClinicSettings;

    fn run(self, call: &mut Call<'_>) -> Result<ClinicSettings, CommandError> {
        Ok(shown(call.settings()?, &call.require_session()?.account))
    }
}

fn shown(settings: Settings, viewer: &Account) -> ClinicSettings {
    ClinicSettings {
        version: settings.version,
        name: settings.name,
        time_zone: settings.time_zone,
        language: settings.language,
        policies: settings.policies,
        may_change: CHANGE.is_met_by(viewer.role, viewer.rights()),
        may_change_policies: Need::Owner.is_met_by(viewer.role, viewer.rights()),
    }
}

/// Stores what was changed, notes it, and shows the settings anew.
fn save(
    call: &Call<'_>,
    before: Settings,
    after: Settings,
    action: Action,
    changes: Vec<Change>,
) -> Result<ClinicSettings, CommandError> {
    let actor = call.require_session()?;
    if changes.is_empty() {
        return Ok(shown(before, &actor.account));
    }
    let after = Settings { version: before.version.saturating_add(1), ..after };
    call.change_settings(&after)?;
    call.log_changes(action, Subject::Nobody, &actor, changes)?;
    call.tell(&Audience::Clinic);
    Ok(shown(after, &actor.account))
}

fn compare(changes: &mut Vec<Change>, what: Changed, old: &str, new: &str) {
    if old != new {
        changes.push(Change { what, old: old.to_owned(), new: new.to_owned() });
    }
}

/// Changes name, time zone and default language.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangeSettings {
    /// The change.
    pub change: SettingsChange,
}

impl Command for ChangeSettings {
    const NAME: &'static str = "change_settings";
    const NEEDS: Need = CHANGE;
    type Reply = ClinicSettings;

    fn run(self, call: &mut Call<'_>) -> Result<ClinicSettings, CommandError> {
        let SettingsChange { version, name, time_zone, language } = self.change;
        let before = call.settings()?;
        if before.version != version {
            return Err(ProblemCode::EditedMeanwhile.into());
        }
        let name = Name::parse("name", &name)?.as_str().to_owned();
        if !time_zone::is_known(&time_zone) {
            return Err(Problem::about("time_zone", ProblemCode::TimeZoneUnknown).into());
        }
        let mut changes = Vec::new();
        compare(&mut changes, Changed::ClinicName, &before.name, &name);
        compare(&mut changes, Changed::TimeZone, &before.time_zone, &time_zone);
        compare(&mut changes, Changed::Language, before.language.tag(), language.tag());
        let after = Settings { name, time_zone, language, ..before.clone() };
        save(call, before, after, Action::SettingsChanged, changes)
    }
}

/// Changes the policies.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangePolicies {
    /// The change.
    pub change: PoliciesChange,
}

impl Command for ChangePolicies {
    const NAME: &'static str = "change_policies";
    const NEEDS: Need = Need::Owner;
    const FRESH_PASSWORD: bool = true;
    type Reply = ClinicSettings;

    fn run(self, call: &mut Call<'_>) -> Result<ClinicSettings, CommandError> {
        let PoliciesChange { version, policies } = self.change;
        let before = call.settings()?;
        if before.version != version {
            return Err(ProblemCode::EditedMeanwhile.into());
        }
        let automatic = policies.automatic_unlock_minutes;
        let outside = policies.numbers().find(|(_, bounds, number)| !bounds.hold(*number));
        let outside = outside.map(|(name, ..)| name).or_else(|| {
            automatic
                .is_some_and(|minutes| !AUTOMATIC_UNLOCK_MINUTES.hold(minutes))
                .then_some("automatic_unlock_minutes")
        });
        if let Some(name) = outside {
            return Err(Problem::about(name, ProblemCode::OutOfBounds).into());
        }
        let changes = differences(&before.policies, &policies);
        if policies.log_years < before.policies.log_years {
            call.rest_after_shortening()?;
        }
        let after = Settings { policies, ..before.clone() };
        save(call, before, after, Action::PolicyChanged, changes)
    }
}

fn differences(before: &Policies, after: &Policies) -> Vec<Change> {
    let mut changes = Vec::new();
    for ((name, _, old), (_, _, new)) in before.numbers().zip(after.numbers()) {
        compare(&mut changes, Changed::Policy(name.to_owned()), &old.to_string(), &new.to_string());
    }
    let policy = |name: &str| Changed::Policy(name.to_owned());
    let switch = |on: bool| if on { "on" } else { "off" };
    compare(&mut changes, policy("own_password"), switch(before.own_password), switch(after.own_password));
    let (old, new) = (before.browsers_without_key, after.browsers_without_key);
    compare(&mut changes, policy("browsers_without_key"), switch(old), switch(new));
    let minutes = |policies: &Policies| {
        policies.automatic_unlock_minutes.map_or_else(|| "off".to_owned(), |minutes| minutes.to_string())
    };
    compare(&mut changes, policy("automatic_unlock_minutes"), &minutes(before), &minutes(after));
    changes
}
