//! Opens a clinic, makes a link that opens one, or lets one in again that is locked out of itself, for whoever holds the deployment's
//! key.

use clinic::{
    NewPlace,
    commands::{
        emergency::{ReopenProfile, UnlockOwner},
        open_clinic::OpenClinic,
    },
};
use subtle::ConstantTimeEq;
use wire::{
    Problem, ProblemCode,
    fields::ClinicCode,
    operator::{NewClinic, OpenedClinic, OwnerUnlock, ProfileReopening, Relieved, UserSecret},
    place::ClinicPlace,
    setup::{SETUP_LINK_HOURS, SetupLink},
};

use crate::{config::Config, password::Passwords, visit::Visit, world};

/// Where the page of a setup link is.
const SETUP_PAGE: &str = "/setup";
/// Most people that a clinic can begin with: each costs a hash.
const FIRST_USERS_MAX: usize = 100;

/// Whether an `Authorization` header holds the operator's key.
pub fn is_operator(config: &Config, authorization: Option<&str>) -> bool {
    holds(&config.keys.operator_key(), authorization)
}

/// Whether an `Authorization` header holds a key that is good for looking on: the operator's, or the one for that alone.
pub fn may_watch(config: &Config, authorization: Option<&str>) -> bool {
    is_operator(config, authorization) || holds(&config.metrics_key, authorization)
}

fn holds(expected: &str, authorization: Option<&str>) -> bool {
    let given = authorization.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

pub async fn open_clinic(visit: &mut Visit<'_>, clinic: NewClinic) -> Result<OpenedClinic, Problem> {
    if clinic.users.len() > FIRST_USERS_MAX {
        return Err(Problem::about("users", ProblemCode::MalformedRequest));
    }
    let code = visit.config.keys.clinic_code(world::random_bytes(), None);
    let of_clinic = Passwords::of_clinic(visit.config, &code);
    let passwords = clinic.users.iter().map(|_| of_clinic.draw_first()).collect::<Result<Vec<_>, _>>()?;
    let password_hashes = passwords.iter().map(|first| first.hash.clone()).collect();
    let command = OpenClinic { code: code.clone(), clinic: clinic.clone(), password_hashes };
    let opened = visit.change_in(&code, &command).await?;
    let users = clinic.users.into_iter().zip(opened.full_names).zip(passwords);
    Ok(OpenedClinic {
        name: clinic.name,
        code: code.as_str().to_owned(),
        computers: opened.computers,
        profiles: opened.profiles,
        users: users
            .map(|((user, full_name), first)| UserSecret {
                role: user.role,
                full_name,
                login: user.login,
                password: first.password,
                email: user.email,
            })
            .collect(),
    })
}

/// Makes a link for a clinic that is not there yet. Nothing is stored: the link holds the code that the clinic will have.
pub async fn make_setup_link(visit: &mut Visit<'_>, place: ClinicPlace) -> Result<SetupLink, Problem> {
    visit.can_keep_to(place.jurisdiction)?;
    let keys = &visit.config.keys;
    let expires_at = world::now().plus_minutes(SETUP_LINK_HOURS * 60);
    let clinic = keys.clinic_code(world::random_bytes(), place.jurisdiction);
    let token = keys.setup_token(&NewPlace { clinic, near: place.near, expires_at });
    Ok(SetupLink { link: format!("{}{SETUP_PAGE}#{token}", visit.config.origin), expires_at })
}

pub async fn unlock_owner(visit: &mut Visit<'_>, request: OwnerUnlock) -> Result<Relieved, Problem> {
    let OwnerUnlock { clinic, login, reason } = request;
    let command = UnlockOwner { login: login.parse()?, reason };
    visit.change_in(&clinic_of(visit, &clinic)?, &command).await
}

pub async fn reopen_profile(visit: &mut Visit<'_>, request: ProfileReopening) -> Result<Relieved, Problem> {
    let ProfileReopening { clinic, profile, reason } = request;
    visit.change_in(&clinic_of(visit, &clinic)?, &ReopenProfile { profile, reason }).await
}

/// A code that this deployment has made; no storage is touched to find that out.
pub(super) fn clinic_of(visit: &Visit<'_>, text: &str) -> Result<ClinicCode, Problem> {
    let code: Option<ClinicCode> = text.parse().ok();
    let known = code.filter(|code| visit.config.knows_clinic(code));
    known.ok_or_else(|| Problem::about("clinic", ProblemCode::NotFound))
}
