//! The computers: added with an access form, renamed, revoked, re-issued, removed.

use serde::{Deserialize, Serialize};
use wire::{
    ProblemCode,
    activities::{Action, Change, Changed, Subject},
    computers::{self as shapes, AccessForm, ComputerList, ComputerStatus, PersonHere},
    fields::{ComputerUsername, Name},
    ids::{ComputerId, ProfileId},
    rights::{Module, Right},
};

use super::{Command, access_form, seat::SignedIn};
use crate::{
    call::{Audience, Call, CommandError},
    records::{
        accounts,
        computers::{self, Computer},
        profiles, sessions,
        sql::SqlError,
        throttles::{self, Knocker},
    },
    rules::{roles::Need, session, throttle},
};

/// What changing computers and profiles needs.
pub(super) const NEEDS: Need = Need::Right(Module::Computers, Right::Edit);

/// Lists the computers and profiles.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListComputers {}

impl Command for ListComputers {
    const NAME: &'static str = "list_computers";
    const NEEDS: Need = Need::Right(Module::Computers, Right::Read);
    type Reply = ComputerList;

    fn run(self, call: &mut Call<'_>) -> Result<ComputerList, CommandError> {
        Ok(list(call, &call.require_session()?)?)
    }
}

/// The computers and profiles, as somebody sees them.
pub(super) fn list(call: &Call<'_>, viewer: &SignedIn) -> Result<ComputerList, SqlError> {
    let settings = call.settings()?;
    let code = call.clinic_code()?;
    let lapsed = session::computer_lapsed_at(&settings.policies, call.now);
    let running = sessions::running(call.sql, call.now, session::idle_since(&settings.policies, call.now))?;
    let computers = computers::all(call.sql)?;
    let mut profiles: Vec<shapes::Profile> = profiles::all(call.sql)?
        .into_iter()
        .map(|profile| shapes::Profile {
            computers: computers.iter().filter(|(computer, _)| computer.profile == profile.id).count() as u32,
            stopped: profile.wrong_codes >= throttle::PROFILE_WRONG_CODES_MAX,
            id: profile.id,
            version: profile.version,
            name: profile.name,
        })
        .collect();
    profiles.sort_by_cached_key(|profile| profile.name.to_lowercase());
    let mut list = Vec::new();
    for (computer, last_used_at) in computers {
        let mut people: Vec<PersonHere> = Vec::new();
        for session in running.iter().filter(|session| session.computer == computer.id) {
            if people.iter().any(|person| person.account == session.account) {
                continue;
            }
            people.extend(accounts::by_id(call.sql, &session.account)?.map(|account| PersonHere {
                full_name: account.name.written(settings.language),
                account: account.id,
            }));
        }
        list.push(shapes::Computer {
            username: ComputerUsername::new(code.clone(), computer.number).to_string(),
            status: match (computer.revoked_at, last_used_at) {
                (Some(_), _) => ComputerStatus::Revoked,
                (None, Some(used)) if used > lapsed => ComputerStatus::Authorized,
                _ => ComputerStatus::Waiting,
            },
            here: computer.id == viewer.computer.id,
            id: computer.id,
            version: computer.version,
            label: computer.label,
            profile: computer.profile,
            last_seen: last_used_at,
            people,
        });
    }
    list.sort_by_cached_key(|computer| computer.label.to_lowercase());
    let may_edit = NEEDS.is_met_by(viewer.account.role, viewer.account.rights());
    Ok(ComputerList { computers: list, profiles, may_edit, now: call.now })
}

/// Refuses a label that another computer has.
fn require_free(call: &Call<'_>, label: &Name, own: Option<&ComputerId>) -> Result<(), CommandError> {
    let wanted = label.as_str().to_lowercase();
    let others = computers::all(call.sql)?;
    let taken = others
        .iter()
        .any(|(computer, _)| Some(&computer.id) != own && computer.label.to_lowercase() == wanted);
    if taken { Err(wire::Problem::about("label", ProblemCode::NameTaken).into()) } else { Ok(()) }
}

fn note(call: &Call<'_>, action: Action, actor: &SignedIn, old: &str, new: &str) -> Result<(), SqlError> {
    let change = Change { what: Changed::Computer, old: old.to_owned(), new: new.to_owned() };
    call.log_changes(action, Subject::Nobody, actor, vec![change])
}

fn require_computer_of(call: &Call<'_>, id: &ComputerId) -> Result<(), CommandError> {
    computers::by_id(call.sql, id)?.map(drop).ok_or_else(|| ProblemCode::NotFound.into())
}

/// Adds a computer.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddComputer {
    /// The label.
    pub label: String,
    /// The profile.
    pub profile: ProfileId,
}

impl Command for AddComputer {
    const NAME: &'static str = "add_computer";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = AccessForm;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        profiles::by_id(call.sql, &self.profile)?.map(drop).ok_or_else(|| ProblemCode::NotFound.into())
    }

    fn run(self, call: &mut Call<'_>) -> Result<AccessForm, CommandError> {
        let actor = call.require_session()?;
        let label = Name::parse("label", &self.label)?;
        require_free(call, &label, None)?;
        let profile = profiles::by_id(call.sql, &self.profile)?.ok_or(ProblemCode::NotFound)?;
        let code = call.clinic_code()?;
        let pair = access_form::add_computer(call, &code, &label, &profile.id)?;
        note(call, Action::ComputerAdded, &actor, "", label.as_str())?;
        access_form::form(call, Some(pair), &profile)
    }
}

/// Renames a computer, or moves it to another profile.
#[derive(Debug, Serialize, Deserialize)]
pub struct EditComputer {
    /// The computer.
    pub id: ComputerId,
    /// The version that was looked at.
    pub version: u32,
    /// The label.
    pub label: String,
    /// The profile.
    pub profile: ProfileId,
}

impl Command for EditComputer {
    const NAME: &'static str = "edit_computer";
    const NEEDS: Need = NEEDS;
    type Reply = ComputerList;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        require_computer_of(call, &self.id)?;
        profiles::by_id(call.sql, &self.profile)?.map(drop).ok_or_else(|| ProblemCode::NotFound.into())
    }

    fn run(self, call: &mut Call<'_>) -> Result<ComputerList, CommandError> {
        let actor = call.require_session()?;
        let before = computers::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        let profile = profiles::by_id(call.sql, &self.profile)?.ok_or(ProblemCode::NotFound)?;
        if before.version != self.version {
            return Err(ProblemCode::EditedMeanwhile.into());
        }
        let label = Name::parse("label", &self.label)?;
        require_free(call, &label, Some(&before.id))?;
        let moves = profile.id != before.profile;
        if moves && actor.computer.id == before.id {
            // Whoever moves the computer under their own feet to a profile whose code they can't read is out, and maybe everybody.
            return Err(ProblemCode::OwnComputer.into());
        }
        // The label in any case: the line has to say which computer it is about.
        let (old, new) = (before.label.clone(), label.as_str().to_owned());
        let mut changes = vec![Change { what: Changed::Computer, old, new }];
        if moves {
            let old = call.profile_of(&before)?.name;
            changes.push(Change { what: Changed::Profile, old, new: profile.name });
            // Its step 2 was passed with a code of the other profile.
            sessions::end_all_at(call.sql, &before.id)?;
            computers::forget_used_steps(call.sql, &before.id)?;
        }
        if moves || label.as_str() != before.label {
            let after = Computer { label: label.as_str().to_owned(), profile: profile.id, ..before };
            computers::update(call.sql, &after)?;
            call.log_changes(Action::ComputerEdited, Subject::Nobody, &actor, changes)?;
            call.tell(&Audience::Computer(after.id));
        }
        Ok(list(call, &actor)?)
    }
}

/// Voids a computer's access form and signs out everybody there.
#[derive(Debug, Serialize, Deserialize)]
pub struct RevokeComputer {
    /// The computer.
    pub id: ComputerId,
}

impl Command for RevokeComputer {
    const NAME: &'static str = "revoke_computer";
    const NEEDS: Need = NEEDS;
    type Reply = ComputerList;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        require_computer_of(call, &self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<ComputerList, CommandError> {
        let actor = call.require_session()?;
        // One computer stays authorized in any case: whoever revokes all the others sits at it.
        if actor.computer.id == self.id {
            return Err(ProblemCode::OwnComputer.into());
        }
        let computer = computers::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        if computer.revoked_at.is_some() {
            return Err(ProblemCode::ComputerIsRevoked.into());
        }
        let revoked = Computer { revoked_at: Some(call.now), password_digest: Vec::new(), ..computer };
        computers::update(call.sql, &revoked)?;
        call.end_computer(&revoked.id)?;
        note(call, Action::ComputerRevoked, &actor, &revoked.label, "")?;
        Ok(list(call, &actor)?)
    }
}

/// Makes a computer a new password. Whatever was authorized with the old one ends. A browser of its own that asks goes on, with
/// a new token.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReissueComputer {
    /// The computer.
    pub id: ComputerId,
}

/// A computer's new access form.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReissuedComputer {
    /// The form.
    pub form: AccessForm,
    /// The token of the browser that asks, where it is one of that computer.
    pub token: Option<String>,
}

impl Command for ReissueComputer {
    const NAME: &'static str = "reissue_computer";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = ReissuedComputer;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        require_computer_of(call, &self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<ReissuedComputer, CommandError> {
        let actor = call.require_session()?;
        let computer = computers::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        let code = call.clinic_code()?;
        let (password_digest, password) = access_form::draw_password(call, &code, computer.number);
        let computer = Computer { password_digest, revoked_at: None, ..computer };
        computers::update(call.sql, &computer)?;
        throttles::clear(call.sql, Knocker::Username(computer.number))?;
        let token = match actor.computer.id == computer.id {
            true => Some(renew_token(call, &computer.id)?),
            false => {
                call.end_computer(&computer.id)?;
                None
            }
        };
        note(call, Action::ComputerReissued, &actor, "", &computer.label)?;
        call.tell(&Audience::Computer(computer.id.clone()));
        let profile = call.profile_of(&computer)?;
        let form = access_form::form(call, Some(access_form::pair(&code, &computer, password)), &profile)?;
        Ok(ReissuedComputer { form, token })
    }
}

/// Gives the browser that asks another token, and takes all others from its computer, with what goes on in them. Its present one dies
/// when the new one is first used: a reply that gets lost must not shut the computer out whose form nobody has seen.
fn renew_token(call: &mut Call<'_>, computer: &ComputerId) -> Result<String, CommandError> {
    let digest = |token: &Option<String>| token.as_ref().map(|token| call.token_digest(token));
    let own = digest(&call.caller.computer);
    let [profile, session] =
        [&call.caller.profile, &call.caller.session].map(digest).map(Option::unwrap_or_default);
    computers::forget_tokens_of(call.sql, computer, own.as_deref())?;
    sessions::end_others_at(call.sql, computer, [&profile, &session])?;
    let (token, digest) = call.new_token();
    computers::grant_token(call.sql, &digest, computer, own.as_deref(), call.now)?;
    Ok(token)
}

/// Takes a revoked computer off the list.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemoveComputer {
    /// The computer.
    pub id: ComputerId,
}

impl Command for RemoveComputer {
    const NAME: &'static str = "remove_computer";
    const NEEDS: Need = NEEDS;
    type Reply = ComputerList;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        require_computer_of(call, &self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<ComputerList, CommandError> {
        let actor = call.require_session()?;
        let computer = computers::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        if computer.revoked_at.is_none() {
            return Err(ProblemCode::ComputerNotRevoked.into());
        }
        computers::remove(call.sql, &computer.id)?;
        note(call, Action::ComputerRemoved, &actor, &computer.label, "")?;
        Ok(list(call, &actor)?)
    }
}
