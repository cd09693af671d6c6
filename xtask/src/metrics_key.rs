//! `cargo xtask metrics-key`: the key with which Prometheus and the like may look at a Wardkey, so that none of them holds the operator's.

use std::path::Path;

use anyhow::Result;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::settings::Settings;

/// Prints the key that belongs to a secret key. Nobody has to be asked for it.
pub fn run(state: &Path) -> Result<()> {
    println!("{}", of(&Settings::kept_secret_key_bytes(state)?)?);
    Ok(())
}

/// The key that belongs to a secret key.
pub fn of(secret_key: &[u8]) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret_key)?;
    mac.update(b"wardkey metrics v1");
    Ok(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_key_that_the_worker_expects() {
        // Pinned beside the Worker's own derivation as well.
        assert_eq!(of(&[7; 32]).unwrap(), "2tRiz-uFWFa2aY4fH90ca-Gh9--zFt_PX8EW3pyQOR4");
    }
}
