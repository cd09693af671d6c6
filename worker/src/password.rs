//! A user's password is hashed here, outside the clinic's object: there a hash would hold up the whole clinic.
//! First passwords are drawn here as well, and told once.

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{self, phc::PasswordHash},
};
use clinic::{
    Keys,
    commands::{
        login::{HASH_LANES, HASH_MEMORY_KIB, HASH_PASSES},
        people::FirstPassword,
    },
    rules::{passwords::legible_password, user_password::UserPassword},
};
use wire::{Problem, ProblemCode, fields::ClinicCode};

use crate::{
    config::Config,
    journal,
    world::{self, Entropy},
};

/// Bytes of a salt.
pub const SALT_LENGTH: usize = 16;

/// Characters of a first password: 8 of 31 symbols carry 39 random bits, behind two steps and five strikes.
const FIRST_PASSWORD_LENGTH: usize = 8;

/// Characters of an operator's password: nobody chooses another one, and nothing but five strikes stands before it.
const OPERATOR_PASSWORD_LENGTH: usize = 16;

/// What the desk's own passwords are bound to, as a clinic's are to its code. No code has this length.
const DESK: &str = "desk";

/// The passwords of one clinic's people, or of the desk's.
pub struct Passwords<'a> {
    keys: &'a Keys,
    of: &'a str,
}

impl<'a> Passwords<'a> {
    /// Those of a clinic.
    pub fn of_clinic(config: &'a Config, clinic: &'a ClinicCode) -> Self {
        Self { keys: &config.keys, of: clinic.as_str() }
    }

    /// Those of the support desk.
    pub fn of_desk(config: &'a Config) -> Self {
        Self { keys: &config.keys, of: DESK }
    }

    /// Draws a first password.
    pub fn draw_first(&self) -> Result<FirstPassword, Problem> {
        self.draw(FIRST_PASSWORD_LENGTH)
    }

    /// Draws the password of an operator of the support desk.
    pub fn draw_operators(&self) -> Result<FirstPassword, Problem> {
        self.draw(OPERATOR_PASSWORD_LENGTH)
    }

    /// Hashes a new password, with a salt of its own.
    pub fn hash_new(&self, password: &UserPassword) -> Result<String, Problem> {
        self.hash_salted(password.expose())
    }

    /// Whether a password is the one that was stored like this.
    pub fn verify(&self, password: &UserPassword, stored: &str) -> bool {
        let (key, phc) = self.keys.read_hash(self.of, stored);
        verify(&key.pepper(), password, phc)
    }

    fn draw(&self, length: usize) -> Result<FirstPassword, Problem> {
        let password = legible_password(&mut Entropy, length);
        let hash = self.hash_salted(&password)?;
        Ok(FirstPassword { password, hash })
    }

    fn hash_salted(&self, password: &str) -> Result<String, Problem> {
        let pepper = self.keys.of_clinic(self.of).pepper();
        hash(&pepper, password, &world::random_bytes()).map_err(|error| {
            journal::fault("hash", "", error);
            Problem::new(ProblemCode::Internal)
        })
    }
}

/// Hashes a password to a PHC string.
pub fn hash(pepper: &[u8; 32], password: &str, salt: &[u8; SALT_LENGTH]) -> password_hash::Result<String> {
    Ok(hasher(pepper)?.hash_password_with_salt(password.as_bytes(), salt)?.to_string())
}

/// Whether a password is the one of a PHC string. A string that is none is never right.
fn verify(pepper: &[u8; 32], password: &UserPassword, phc: &str) -> bool {
    let verified = PasswordHash::new(phc)
        .map_err(|_| password_hash::Error::EncodingInvalid)
        .and_then(|hash| hasher(pepper)?.verify_password(password.expose().as_bytes(), &hash));
    verified.is_ok()
}

fn hasher(pepper: &[u8; 32]) -> password_hash::Result<Argon2<'_>> {
    #[cfg(feature = "trial")]
    crate::trial::note_hashed();
    let params = Params::new(HASH_MEMORY_KIB, HASH_PASSES, HASH_LANES, None)?;
    Ok(Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEPPER: [u8; 32] = [3; 32];
    const SALT: [u8; SALT_LENGTH] = [5; SALT_LENGTH];

    fn is_right(pepper: &[u8; 32], password: &str, phc: &str) -> bool {
        verify(pepper, &password.parse().ok().unwrap(), phc)
    }

    #[test]
    fn only_the_password_under_its_pepper_is_right() {
        let phc = hash(&PEPPER, "hunter42", &SALT).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(is_right(&PEPPER, "hunter42", &phc));
        assert!(!is_right(&PEPPER, "hunter43", &phc));
        assert!(!is_right(&[4; 32], "hunter42", &phc));
    }

    #[test]
    fn a_password_is_right_from_every_keyboard() {
        let phc = hash(&PEPPER, "l\u{e9}opard 42", &SALT).unwrap();
        for typed in ["l\u{e9}opard 42", "le\u{301}opard 42", "le\u{301}opard\u{a0}４２"] {
            assert!(is_right(&PEPPER, typed, &phc), "{typed}");
        }
        assert!(!is_right(&PEPPER, "leopard 42", &phc));
    }

    #[test]
    fn a_malformed_hash_is_never_right() {
        for phc in ["", "$argon2id$", "hunter42", "$argon2id$v=19$m=19456,t=2,p=1$BQUFBQUFBQUFBQUFBQUFBQ"] {
            assert!(!is_right(&PEPPER, "hunter42", phc), "{phc}");
        }
    }
}
