//! My Clinic: the computers, the profiles and their access forms.

use clinic::commands::{
    computers::{
        AddComputer, EditComputer, ListComputers, ReissueComputer, ReissuedComputer, RemoveComputer,
        RevokeComputer,
    },
    profiles::{AddProfile, ReissueProfile, RemoveProfile, RenameProfile},
};
use wire::{
    Empty, Problem,
    computers::{
        AccessForm, ComputerChange, ComputerList, ComputerQuery, NewComputerRequest, NewProfileRequest,
        ProfileChange, ProfileQuery,
    },
};

use crate::visit::Visit;

pub async fn list(visit: &mut Visit<'_>, _: Empty) -> Result<ComputerList, Problem> {
    visit.read(&ListComputers {}).await
}

pub async fn add(visit: &mut Visit<'_>, request: NewComputerRequest) -> Result<AccessForm, Problem> {
    let NewComputerRequest { label, profile } = request;
    visit.change(&AddComputer { label, profile: profile.parse()? }).await
}

pub async fn edit(visit: &mut Visit<'_>, request: ComputerChange) -> Result<ComputerList, Problem> {
    let ComputerChange { id, version, label, profile } = request;
    visit.change(&EditComputer { id: id.parse()?, version, label, profile: profile.parse()? }).await
}

pub async fn revoke(visit: &mut Visit<'_>, request: ComputerQuery) -> Result<ComputerList, Problem> {
    visit.change(&RevokeComputer { id: request.id.parse()? }).await
}

pub async fn reissue(visit: &mut Visit<'_>, request: ComputerQuery) -> Result<AccessForm, Problem> {
    let ReissuedComputer { form, token } = visit.change(&ReissueComputer { id: request.id.parse()? }).await?;
    if let Some(token) = token {
        visit.keep_computer(&token)?;
    }
    Ok(form)
}

pub async fn remove(visit: &mut Visit<'_>, request: ComputerQuery) -> Result<ComputerList, Problem> {
    visit.change(&RemoveComputer { id: request.id.parse()? }).await
}

pub async fn add_profile(visit: &mut Visit<'_>, request: NewProfileRequest) -> Result<AccessForm, Problem> {
    visit.change(&AddProfile { name: request.name }).await
}

pub async fn rename_profile(visit: &mut Visit<'_>, request: ProfileChange) -> Result<ComputerList, Problem> {
    let ProfileChange { id, version, name } = request;
    visit.change(&RenameProfile { id: id.parse()?, version, name }).await
}

pub async fn reissue_profile(visit: &mut Visit<'_>, request: ProfileQuery) -> Result<AccessForm, Problem> {
    visit.change(&ReissueProfile { id: request.id.parse()? }).await
}

pub async fn remove_profile(visit: &mut Visit<'_>, request: ProfileQuery) -> Result<ComputerList, Problem> {
    visit.change(&RemoveProfile { id: request.id.parse()? }).await
}
