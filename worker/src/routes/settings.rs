//! My Clinic: name, time zone, language and policies.

use clinic::commands::settings::{ChangePolicies, ChangeSettings, ReadSettings};
use wire::{
    Empty, Problem,
    settings::{ClinicSettings, PoliciesChange, SettingsChange},
};

use crate::visit::Visit;

pub async fn show(visit: &mut Visit<'_>, _: Empty) -> Result<ClinicSettings, Problem> {
    visit.read(&ReadSettings {}).await
}

pub async fn change(visit: &mut Visit<'_>, change: SettingsChange) -> Result<ClinicSettings, Problem> {
    visit.change(&ChangeSettings { change }).await
}

pub async fn change_policies(
    visit: &mut Visit<'_>,
    change: PoliciesChange,
) -> Result<ClinicSettings, Problem> {
    visit.change(&ChangePolicies { change }).await
}
