//! A new clinic, opened by whoever holds a setup link: its owner, its system administrator and its first access form.

use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode, Role,
    activities::{Action, Subject},
    computers::SignInPair,
    fields::{ClinicCode, EmailAddress, Name},
    ids::AccountId,
    settings::Policies,
    setup::{SetupDone, SetupRequest},
};

use super::{Command, access_form, people::FirstPassword};
use crate::{
    call::{Call, CommandError},
    records::{
        accounts::{self, Account},
        activities::NewActivity,
        schema,
        settings::{self, Settings},
    },
    rules::{logins, naming::FullName, roles::Need, time_zone},
};

/// Asks whether a clinic was opened here.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadSetup {}

impl Command for ReadSetup {
    const NAME: &'static str = "read_setup";
    const NEEDS: Need = Need::Nothing;
    type Reply = bool;

    fn run(self, call: &mut Call<'_>) -> Result<bool, CommandError> {
        Ok(settings::exist(call.sql)?)
    }
}

/// Opens a clinic in an object that holds none.
#[derive(Serialize, Deserialize)]
pub struct SetUpClinic {
    /// The code that was drawn for the link.
    pub code: ClinicCode,
    /// What was typed.
    pub request: SetupRequest,
    /// The owner's first password.
    pub owner: FirstPassword,
    /// The system administrator's first password.
    pub administrator: FirstPassword,
}

impl Command for SetUpClinic {
    const NAME: &'static str = "set_up_clinic";
    const NEEDS: Need = Need::Nothing;
    type Reply = SetupDone;

    fn run(self, call: &mut Call<'_>) -> Result<SetupDone, CommandError> {
        let SetUpClinic { code, request, owner, administrator } = self;
        // Everything is parsed before anything is written: a refusal leaves nothing behind, and the link can be used again.
        let settings = settings_of(&code, &request)?;
        let part = |field, text: &str| Name::parse(field, text).map(|name| name.as_str().to_owned());
        let name = FullName {
            last: part("last_name", &request.last_name)?,
            first: part("first_name", &request.first_name)?,
            middle: match request.middle_name.trim() {
                "" => None,
                middle => Some(part("middle_name", middle)?),
            },
        };
        let email: EmailAddress = match request.email.trim() {
            "" => return Err(Problem::about("email", ProblemCode::EmailMissing).into()),
            email => email.parse()?,
        };
        let label = Name::parse("computer", &request.computer)?;
        let profile = Name::parse("profile", &request.profile)?;
        let administrator_name = FullName {
            last: part("administrator", &request.administrator.last_name)?,
            first: part("administrator", &request.administrator.first_name)?,
            middle: None,
        };
        schema::migrate(call.sql, call.now)?;
        if settings::exist(call.sql)? {
            return Err(ProblemCode::SetupLinkUsed.into());
        }
        settings::insert(call.sql, &settings)?;
        let login = logins::first_free(&logins::stem_of(&name.last, &name.first), 1, &|_| false).0;
        let owner_account = person(call, &settings, name, Role::Owner, login.as_str(), Some(email), &owner);
        let login = logins::first_free(&logins::system_administrator(&settings.name), 1, &|_| false).0;
        let role = Role::SystemAdministrator;
        let sys_account =
            person(call, &settings, administrator_name, role, login.as_str(), None, &administrator);
        accounts::insert(call.sql, &owner_account)?;
        accounts::insert(call.sql, &sys_account)?;
        let (profile, _) = access_form::add_profile(call, &settings, &profile)?;
        let pair = access_form::add_computer(call, &code, &label, &profile.id)?;
        let opened = NewActivity {
            action: Action::ClinicOpened,
            user: Subject::Nobody,
            by: Subject::Operator,
            computer: "",
            address: &call.caller.address,
            changes: Vec::new(),
        };
        call.append(opened)?;
        let told = |account: &Account, first: FirstPassword| SignInPair {
            full_name: account.name.written(settings.language),
            login: account.login.clone(),
            password: first.password,
        };
        let mut form = access_form::form(call, Some(pair), &profile)?;
        form.administrator = Some(told(&sys_account, administrator));
        Ok(SetupDone { form, owner: told(&owner_account, owner) })
    }
}

fn settings_of(code: &ClinicCode, request: &SetupRequest) -> Result<Settings, Problem> {
    let name = Name::parse("clinic", &request.clinic)?;
    if !time_zone::is_known(&request.time_zone) {
        return Err(Problem::about("time_zone", ProblemCode::TimeZoneUnknown));
    }
    Ok(Settings {
        code: code.as_str().to_owned(),
        name: name.as_str().to_owned(),
        language: request.language,
        time_zone: request.time_zone.clone(),
        policies: Policies::default(),
        version: 1,
    })
}

fn person(
    call: &mut Call<'_>,
    settings: &Settings,
    name: FullName,
    role: Role,
    login: &str,
    email: Option<EmailAddress>,
    first: &FirstPassword,
) -> Account {
    Account {
        id: AccountId::from_random(call.random_bytes()),
        login: login.to_owned(),
        name,
        position: String::new(),
        role,
        email,
        language: settings.language,
        password_hash: first.hash.clone(),
        last_sign_in_at: None,
        version: 1,
        removed_at: None,
        own_rights: None,
        first_password: true,
    }
}
