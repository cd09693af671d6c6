//! `cargo xtask log-key`: the public key with which a Wardkey signs its exported logs, for whoever verifies them.

use std::path::Path;

use anyhow::{Context, Result};
use ed25519_compact::{KeyPair, Seed};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wire::signed::LogKey;

use crate::settings::Settings;

/// Prints the key that belongs to a secret key. Nobody has to be asked for it.
pub fn run(state: &Path) -> Result<()> {
    println!("{}", of(&Settings::kept_secret_key_bytes(state)?)?);
    Ok(())
}

/// The key that belongs to a secret key.
pub fn of(secret_key: &[u8]) -> Result<LogKey> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret_key)?;
    mac.update(b"wardkey log v1");
    let seed = Seed::new(mac.finalize().into_bytes().into());
    let pair = KeyPair::try_from_seed(seed).ok().context("this secret key makes no key that signs")?;
    Ok(LogKey(*pair.pk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_key_that_the_worker_signs_with() {
        // Pinned beside the Worker's own derivation as well.
        let key = of(&[7; 32]).unwrap().to_string();
        assert_eq!(key, "21da76e5d9adc31639ffe40f5c769bfb003736a43d01f634e6ad32d2b407352d");
    }
}
