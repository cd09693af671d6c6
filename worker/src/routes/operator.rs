//! Opens a clinic, for whoever holds the deployment's key. Its passwords are made and hashed here, and told once.

use clinic::{commands::open_clinic::OpenClinic, rules::passwords::legible_password};
use subtle::ConstantTimeEq;
use wire::{
    Problem, ProblemCode,
    operator::{NewClinic, OpenedClinic, UserSecret},
};
use worker::console_error;

use crate::{
    config::Config,
    password,
    visit::Visit,
    world::{self, Entropy},
};

/// Characters of a first password: 8 of 31 symbols carry 39 random bits, behind two steps and five strikes.
const FIRST_PASSWORD_LENGTH: usize = 8;
/// Most people that a clinic can begin with: each costs a hash.
const FIRST_USERS_MAX: usize = 100;

/// Whether an `Authorization` header holds the operator's key.
pub fn is_operator(config: &Config, authorization: Option<&str>) -> bool {
    let expected = config.keys.operator_key();
    let given = authorization.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

pub async fn open_clinic(visit: &mut Visit<'_>, clinic: NewClinic) -> Result<OpenedClinic, Problem> {
    if clinic.users.len() > FIRST_USERS_MAX {
        return Err(Problem::about("users", ProblemCode::MalformedRequest));
    }
    let passwords: Vec<String> =
        clinic.users.iter().map(|_| legible_password(&mut Entropy, FIRST_PASSWORD_LENGTH)).collect();
    let password_hashes = passwords.iter().map(|text| hash(visit.config, text)).collect::<Result<_, _>>()?;
    let code = visit.config.keys.clinic_code(world::random_bytes());
    let command = OpenClinic { code: code.clone(), clinic: clinic.clone(), password_hashes };
    let opened = visit.change_in(&code, &command).await?;
    let users = clinic.users.into_iter().zip(opened.full_names).zip(passwords);
    Ok(OpenedClinic {
        name: clinic.name,
        code: code.as_str().to_owned(),
        computers: opened.computers,
        profiles: opened.profiles,
        users: users
            .map(|((user, full_name), password)| UserSecret {
                role: user.role,
                full_name,
                login: user.login,
                password,
                email: user.email,
            })
            .collect(),
    })
}

fn hash(config: &Config, text: &str) -> Result<String, Problem> {
    password::hash(config.keys.pepper(), text, &world::random_bytes()).map_err(|error| {
        console_error!("a password could not be hashed: {error}");
        Problem::new(ProblemCode::Internal)
    })
}
