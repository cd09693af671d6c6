//! The profiles: added, renamed, given a new QR code, removed when no computer belongs to them.

use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode,
    activities::{Action, Change, Changed, Subject},
    computers::{AccessForm, ComputerList},
    fields::Name,
    ids::ProfileId,
};

use super::{
    Command, access_form,
    computers::{self as listing, NEEDS},
    seat::SignedIn,
};
use crate::{
    call::{Audience, Call, CommandError},
    records::{
        computers,
        profiles::{self, Profile},
        sessions,
        sql::SqlError,
    },
    rules::roles::Need,
};

fn require_profile_of(call: &Call<'_>, id: &ProfileId) -> Result<(), CommandError> {
    profiles::by_id(call.sql, id)?.map(drop).ok_or_else(|| ProblemCode::NotFound.into())
}

/// Refuses a name that another profile has.
fn require_free(call: &Call<'_>, name: &Name, own: Option<&ProfileId>) -> Result<(), CommandError> {
    let wanted = name.as_str().to_lowercase();
    let others = profiles::all(call.sql)?;
    let taken =
        others.iter().any(|profile| Some(&profile.id) != own && profile.name.to_lowercase() == wanted);
    if taken { Err(Problem::about("name", ProblemCode::NameTaken).into()) } else { Ok(()) }
}

fn note(call: &Call<'_>, action: Action, actor: &SignedIn, old: &str, new: &str) -> Result<(), SqlError> {
    let change = Change { what: Changed::Profile, old: old.to_owned(), new: new.to_owned() };
    call.log_changes(action, Subject::Nobody, actor, vec![change])
}

/// Has every screen at a profile's computers look again.
fn tell_computers(call: &Call<'_>, profile: &ProfileId) -> Result<(), SqlError> {
    for (computer, _) in computers::all(call.sql)? {
        if computer.profile == *profile {
            call.tell(&Audience::Computer(computer.id));
        }
    }
    Ok(())
}

/// Adds a profile.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddProfile {
    /// The name.
    pub name: String,
}

impl Command for AddProfile {
    const NAME: &'static str = "add_profile";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = AccessForm;

    fn run(self, call: &mut Call<'_>) -> Result<AccessForm, CommandError> {
        let actor = call.require_session()?;
        let name = Name::parse("name", &self.name)?;
        require_free(call, &name, None)?;
        let settings = call.settings()?;
        let (profile, _) = access_form::add_profile(call, &settings, &name)?;
        note(call, Action::ProfileAdded, &actor, "", &profile.name)?;
        access_form::form(call, None, &profile)
    }
}

/// Renames a profile.
#[derive(Debug, Serialize, Deserialize)]
pub struct RenameProfile {
    /// The profile.
    pub id: ProfileId,
    /// The version that was looked at.
    pub version: u32,
    /// The name.
    pub name: String,
}

impl Command for RenameProfile {
    const NAME: &'static str = "rename_profile";
    const NEEDS: Need = NEEDS;
    type Reply = ComputerList;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        require_profile_of(call, &self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<ComputerList, CommandError> {
        let actor = call.require_session()?;
        let before = profiles::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        if before.version != self.version {
            return Err(ProblemCode::EditedMeanwhile.into());
        }
        let name = Name::parse("name", &self.name)?;
        require_free(call, &name, Some(&before.id))?;
        if name.as_str() != before.name {
            note(call, Action::ProfileRenamed, &actor, &before.name, name.as_str())?;
            tell_computers(call, &before.id)?;
            profiles::update(call.sql, &Profile { name: name.as_str().to_owned(), ..before })?;
        }
        Ok(listing::list(call, &actor)?)
    }
}

/// Makes a profile a new secret. Codes of the old one die, and step 2 has to be passed anew for the next sign-in.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReissueProfile {
    /// The profile.
    pub id: ProfileId,
}

impl Command for ReissueProfile {
    const NAME: &'static str = "reissue_profile";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = AccessForm;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        require_profile_of(call, &self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<AccessForm, CommandError> {
        let actor = call.require_session()?;
        let profile = profiles::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        let settings = call.settings()?;
        let (sealed_secret, _) = access_form::draw_secret(call, &settings, &profile.id, &profile.name)?;
        let profile = Profile { sealed_secret, wrong_codes: 0, ..profile };
        profiles::update(call.sql, &profile)?;
        computers::forget_codes(call.sql, &profile.id)?;
        sessions::forget_profile_everywhere(call.sql, &profile.id)?;
        note(call, Action::ProfileReissued, &actor, "", &profile.name)?;
        tell_computers(call, &profile.id)?;
        access_form::form(call, None, &profile)
    }
}

/// Removes a profile that no computer belongs to.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemoveProfile {
    /// The profile.
    pub id: ProfileId,
}

impl Command for RemoveProfile {
    const NAME: &'static str = "remove_profile";
    const NEEDS: Need = NEEDS;
    type Reply = ComputerList;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        require_profile_of(call, &self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<ComputerList, CommandError> {
        let actor = call.require_session()?;
        let profile = profiles::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        if computers::all(call.sql)?.iter().any(|(computer, _)| computer.profile == profile.id) {
            return Err(ProblemCode::ProfileInUse.into());
        }
        profiles::remove(call.sql, &profile.id)?;
        note(call, Action::ProfileRemoved, &actor, &profile.name, "")?;
        Ok(listing::list(call, &actor)?)
    }
}
