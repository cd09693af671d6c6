//! Opens a clinic: its settings, profiles, computers and people, with secrets that are told once.

use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode, Role,
    activities::{Action, Subject},
    fields::{ClinicCode, EmailAddress, Login, Name},
    ids::AccountId,
    operator::{ComputerSecret, NewClinic, NewUser, ProfileSecret},
    settings::Policies,
};

use super::{
    Command,
    access_form::{add_computer, add_profile},
};
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

/// Opens a clinic in an object that holds none.
#[derive(Debug, Serialize, Deserialize)]
pub struct OpenClinic {
    /// Its code.
    pub code: ClinicCode,
    /// Everything that the operator said.
    pub clinic: NewClinic,
    /// The hashes of the people's passwords, in their order.
    pub password_hashes: Vec<String>,
}

/// The secrets that the clinic made, in the order of the request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenedSecrets {
    /// Step 1 pairs.
    pub computers: Vec<ComputerSecret>,
    /// Step 2 secrets.
    pub profiles: Vec<ProfileSecret>,
    /// The people's full names, as the clinic writes them.
    pub full_names: Vec<String>,
}

impl Command for OpenClinic {
    const NAME: &'static str = "open_clinic";
    const NEEDS: Need = Need::Nothing;
    type Reply = OpenedSecrets;

    fn run(self, call: &mut Call<'_>) -> Result<OpenedSecrets, CommandError> {
        let OpenClinic { code, clinic, password_hashes } = self;
        // Everything is parsed before anything is written: a refusal leaves nothing behind.
        let name = Name::parse("name", &clinic.name)?;
        if !time_zone::is_known(&clinic.time_zone) {
            return Err(Problem::about("time_zone", ProblemCode::TimeZoneUnknown).into());
        }
        let settings = Settings {
            code: code.as_str().to_owned(),
            name: name.as_str().to_owned(),
            language: clinic.language,
            time_zone: clinic.time_zone.clone(),
            policies: Policies::default(),
            version: 1,
        };
        let users = parse_users(call, &clinic, &password_hashes)?;
        let profile_names = parse_names("profiles", clinic.profiles.iter())?;
        let labels = parse_names("computers", clinic.computers.iter().map(|computer| &computer.label))?;
        let places = clinic
            .computers
            .iter()
            .map(|computer| clinic.profiles.iter().position(|profile| *profile == computer.profile))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Problem::about("computers", ProblemCode::NotFound))?;
        schema::migrate(call.sql, call.now)?;
        if settings::exist(call.sql)? {
            return Err(ProblemCode::Busy.into());
        }

        settings::insert(call.sql, &settings)?;
        let profiles = profile_names
            .iter()
            .map(|name| add_profile(call, &settings, name))
            .collect::<Result<Vec<_>, _>>()?;
        let mut computers = Vec::new();
        for (label, place) in labels.iter().zip(places) {
            let Some((profile, _)) = profiles.get(place) else { continue };
            computers.push(add_computer(call, &code, label, &profile.id)?);
        }
        for account in &users {
            accounts::insert(call.sql, account)?;
        }
        let opened = NewActivity {
            action: Action::ClinicOpened,
            user: Subject::Nobody,
            by: Subject::Operator,
            computer: "",
            address: &call.caller.address,
            changes: Vec::new(),
        };
        call.append(opened)?;
        Ok(OpenedSecrets {
            computers,
            profiles: profiles.into_iter().map(|(_, secret)| secret).collect(),
            full_names: users.iter().map(|account| account.name.written(settings.language)).collect(),
        })
    }
}

fn parse_names<'a>(field: &str, names: impl Iterator<Item = &'a String>) -> Result<Vec<Name>, Problem> {
    let mut parsed: Vec<Name> = Vec::new();
    for name in names {
        let name = Name::parse(field, name)?;
        if parsed.contains(&name) {
            return Err(Problem::about(field, ProblemCode::NameMalformed));
        }
        parsed.push(name);
    }
    Ok(parsed)
}

fn parse_users(call: &mut Call<'_>, clinic: &NewClinic, hashes: &[String]) -> Result<Vec<Account>, Problem> {
    let (mut accounts, mut taken) = (Vec::<Account>::new(), Vec::new());
    for (user, hash) in clinic.users.iter().zip(hashes) {
        let login: Login = user.login.parse()?;
        let account = parse_user(call, clinic, user, &login, hash)?;
        let skeleton = logins::skeleton(&login);
        if let Some((other, _)) = taken.iter().find(|(_, other)| *other == skeleton) {
            let same = *other == account.login;
            let code = if same { ProblemCode::LoginTaken } else { ProblemCode::LoginConfusable };
            return Err(Problem::about("login", code));
        }
        taken.push((account.login.clone(), skeleton));
        accounts.push(account);
    }
    // A clinic that nobody works in is a place for measurements. People without an owner would be shut out by the first lock.
    if !accounts.is_empty() && accounts.iter().all(|account| account.role != Role::Owner) {
        return Err(Problem::about("users", ProblemCode::LastOwner));
    }
    Ok(accounts)
}

fn parse_user(
    call: &mut Call<'_>,
    clinic: &NewClinic,
    user: &NewUser,
    login: &Login,
    hash: &str,
) -> Result<Account, Problem> {
    let email = match user.email.trim() {
        "" => None,
        email => Some(email.parse::<EmailAddress>()?),
    };
    let part = |field, text: &str| Name::parse(field, text).map(|name| name.as_str().to_owned());
    Ok(Account {
        id: AccountId::from_random(call.random_bytes()),
        login: login.as_str().to_owned(),
        name: FullName {
            last: part("last_name", &user.last_name)?,
            first: part("first_name", &user.first_name)?,
            middle: user.middle_name.as_deref().map(|middle| part("middle_name", middle)).transpose()?,
        },
        position: if user.position.is_empty() { String::new() } else { part("position", &user.position)? },
        role: user.role,
        email,
        language: clinic.language,
        password_hash: hash.to_owned(),
        last_sign_in_at: None,
        version: 1,
        removed_at: None,
        own_rights: None,
        first_password: false,
    })
}
