//! What an access form holds: a computer's pair, which is told once, and the profile's secret, which stands on the form of each
//! of its computers.

use wire::{
    computers::AccessForm,
    fields::{COMPUTER_PASSWORD_LENGTH, ClinicCode, ComputerUsername, Name},
    ids::{ComputerId, ProfileId},
    operator::{ComputerSecret, ProfileSecret},
};

use super::computer::digest_context;
use crate::{
    call::{Call, CommandError},
    records::{
        computers::{self, Computer},
        profiles::{self, Profile},
        settings::{self, Settings},
        sql::SqlError,
    },
    rules::{passwords::legible_password, throttle, totp, turns::Turns},
};

/// Stores a new profile with a secret of its own.
pub(super) fn add_profile(
    call: &mut Call<'_>,
    settings: &Settings,
    name: &Name,
) -> Result<(Profile, ProfileSecret), CommandError> {
    let id = ProfileId::from_random(call.random_bytes());
    let (sealed_secret, secret) = draw_secret(call, settings, &id, name.as_str())?;
    let profile = Profile { id, name: name.as_str().to_owned(), sealed_secret, wrong_codes: 0, version: 1 };
    profiles::insert(call.sql, &profile)?;
    Ok((profile, secret))
}

/// Draws a profile's secret: sealed for the record, and written for the QR code.
pub(super) fn draw_secret(
    call: &mut Call<'_>,
    settings: &Settings,
    id: &ProfileId,
    name: &str,
) -> Result<(Vec<u8>, ProfileSecret), CommandError> {
    let secret: [u8; totp::SECRET_BYTES] = call.random_bytes();
    let nonce = call.random_bytes();
    let sealed = call.keys.seal(nonce, &profiles::seal_context(id), &secret);
    Ok((sealed, written(&secret, settings, name)?))
}

fn written(secret: &[u8], settings: &Settings, name: &str) -> Result<ProfileSecret, SqlError> {
    let otpauth_url = totp::otpauth_url(secret, &settings.name, name)
        .ok_or_else(|| SqlError("a profile's address cannot be written".into()))?;
    Ok(ProfileSecret { name: name.to_owned(), otpauth_url })
}

/// Stores a new computer with a password of its own.
pub(super) fn add_computer(
    call: &mut Call<'_>,
    code: &ClinicCode,
    label: &Name,
    profile: &ProfileId,
) -> Result<ComputerSecret, CommandError> {
    let number = settings::next_computer_number(call.sql)?;
    let (password_digest, password) = draw_password(call, code, number);
    let computer = Computer {
        id: ComputerId::from_random(call.random_bytes()),
        number,
        label: label.as_str().to_owned(),
        profile: profile.clone(),
        password_digest,
        wrong_codes: 0,
        codes_paused_until: throttle::NO_WAIT,
        turns: Turns::default(),
        version: 1,
        revoked_at: None,
    };
    computers::insert(call.sql, &computer)?;
    Ok(pair(code, &computer, password))
}

/// Draws a computer's password: its digest for the record, and the password itself.
pub(super) fn draw_password(call: &mut Call<'_>, code: &ClinicCode, number: u32) -> (Vec<u8>, String) {
    let password = legible_password(call.random, COMPUTER_PASSWORD_LENGTH);
    (call.keys.computer_digest(code.as_str(), &digest_context(number), &password), password)
}

/// A computer's pair, as it is printed.
pub(super) fn pair(code: &ClinicCode, computer: &Computer, password: String) -> ComputerSecret {
    let username = ComputerUsername::new(code.clone(), computer.number).to_string();
    ComputerSecret { label: computer.label.clone(), username, password }
}

/// The form: side A with the computer's pair, if there is one, and side B with the profile's secret.
pub(super) fn form(
    call: &Call<'_>,
    computer: Option<ComputerSecret>,
    profile: &Profile,
) -> Result<AccessForm, CommandError> {
    let settings = call.settings()?;
    let secret = call.secret_of(profile)?;
    Ok(AccessForm {
        clinic: settings.name.clone(),
        address: format!("{}/", call.origin),
        computer,
        administrator: None,
        profile: written(&secret, &settings, &profile.name)?,
    })
}
