//! What is bound to the key of one clinic, and goes on with it when it moves to another deployment: the hashes of its people's passwords
//! and the digests of its computers'. Nobody can make those anew, for nobody knows the passwords. One that was made elsewhere has the
//! key that it was made under behind it, sealed; one that is made here needs none.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use super::{Key, Keys, NONCE_BYTES, mac};

/// What stands between the hash of a password (a PHC string, which never has it) and the key that it was made under.
const BROUGHT: char = '#';
/// Bytes of a digest, and of the key that may be behind it.
const DIGEST_BYTES: usize = 32;

/// The key of one clinic: HMAC under a key of its deployment, so that whoever gets this one learns nothing of any other clinic.
pub struct ClinicKey(Key);

impl ClinicKey {
    /// The secret input of the password hash (RFC 9106 §3.1, K).
    pub fn pepper(&self) -> [u8; 32] {
        mac(&self.0, &[b"password of a person"])
    }

    fn computer_digest(&self, context: &str, password: &str) -> Key {
        let key = mac(&self.0, &[b"password of a computer"]);
        mac(&key, &[context.as_bytes(), password.as_bytes()])
    }
}

fn seal_context(clinic: &str) -> String {
    format!("key of {clinic}")
}

impl Keys {
    /// The key of a clinic, or of the support desk.
    pub fn of_clinic(&self, clinic: &str) -> ClinicKey {
        ClinicKey(mac(&self.clinic, &[clinic.as_bytes()]))
    }

    /// The hash of a password as it is stored, as the PHC string and the key that it was made under. Made elsewhere with a key that cannot
    /// be opened, it is none that any password has.
    pub fn read_hash<'a>(&self, clinic: &str, stored: &'a str) -> (ClinicKey, &'a str) {
        let Some((phc, sealed)) = stored.split_once(BROUGHT) else {
            return (self.of_clinic(clinic), stored);
        };
        let opened = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok();
        let key = opened.and_then(|sealed| self.open_key(clinic, &sealed));
        key.map_or((self.of_clinic(clinic), ""), |key| (key, phc))
    }

    /// What is stored of a computer's password. `context` binds it to its computer.
    pub fn computer_digest(&self, clinic: &str, context: &str, password: &str) -> Vec<u8> {
        self.of_clinic(clinic).computer_digest(context, password).to_vec()
    }

    /// Whether `stored` is the digest of this computer's password, in constant time.
    pub fn is_computer_password(&self, clinic: &str, context: &str, stored: &[u8], password: &str) -> bool {
        let (key, digest) = self.read_digest(clinic, stored);
        key.computer_digest(context, password).ct_eq(digest).into()
    }

    /// The hash of a password for an archive, with its key in clear: the archive is sealed as a whole.
    pub(crate) fn hash_to_go(&self, clinic: &str, stored: &str) -> String {
        let (key, phc) = self.read_hash(clinic, stored);
        format!("{phc}{BROUGHT}{}", BASE64_URL_SAFE_NO_PAD.encode(key.0))
    }

    /// What is stored of a hash that came in an archive.
    pub(crate) fn hash_that_came(
        &self,
        nonce: [u8; NONCE_BYTES],
        clinic: &str,
        came: &str,
    ) -> Option<String> {
        let (phc, key) = came.split_once(BROUGHT)?;
        let key: Key = BASE64_URL_SAFE_NO_PAD.decode(key).ok()?.try_into().ok()?;
        let sealed = self.seal(nonce, &seal_context(clinic), &key);
        Some(format!("{phc}{BROUGHT}{}", BASE64_URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// The digest of a computer's password for an archive, as [`Keys::hash_to_go`].
    pub(crate) fn digest_to_go(&self, clinic: &str, stored: &[u8]) -> Vec<u8> {
        let (key, digest) = self.read_digest(clinic, stored);
        [digest, &key.0].concat()
    }

    /// What is stored of a digest that came in an archive.
    pub(crate) fn digest_that_came(
        &self,
        nonce: [u8; NONCE_BYTES],
        clinic: &str,
        came: &[u8],
    ) -> Option<Vec<u8>> {
        let (digest, key) = came.split_at_checked(DIGEST_BYTES)?;
        let key = Key::try_from(key).ok()?;
        Some([digest, &self.seal(nonce, &seal_context(clinic), &key)].concat())
    }

    fn read_digest<'a>(&self, clinic: &str, stored: &'a [u8]) -> (ClinicKey, &'a [u8]) {
        let (digest, sealed) = stored.split_at_checked(DIGEST_BYTES).unwrap_or_default();
        match self.open_key(clinic, sealed) {
            Some(key) => (key, digest),
            // What is behind it is no key of ours: no password has this digest.
            None if !sealed.is_empty() => (self.of_clinic(clinic), &[]),
            None => (self.of_clinic(clinic), digest),
        }
    }

    fn open_key(&self, clinic: &str, sealed: &[u8]) -> Option<ClinicKey> {
        Some(ClinicKey(self.open(&seal_context(clinic), sealed)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLINIC: &str = "k7m2qx4p9d";
    const PHC: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2E$aGFzaA";

    fn keys(deployment: u8) -> Keys {
        Keys::derive(&[deployment; 32])
    }

    fn pepper(key: &ClinicKey) -> [u8; 32] {
        key.pepper()
    }

    #[test]
    fn each_clinic_and_each_deployment_has_a_key_of_its_own() {
        let all = [(1, CLINIC), (1, "abcdefghjk"), (2, CLINIC)];
        let peppers = all.map(|(deployment, clinic)| pepper(&keys(deployment).of_clinic(clinic)));
        assert!(peppers[0] != peppers[1] && peppers[0] != peppers[2] && peppers[1] != peppers[2]);
    }

    #[test]
    fn a_hash_goes_from_deployment_to_deployment_and_back() {
        let home = pepper(&keys(1).of_clinic(CLINIC));
        let mut stored = PHC.to_owned();
        for (from, to) in [(1, 2), (2, 3), (3, 1)] {
            let going = keys(from).hash_to_go(CLINIC, &stored);
            stored = keys(to).hash_that_came([9; NONCE_BYTES], CLINIC, &going).unwrap();
            let (key, phc) = keys(to).read_hash(CLINIC, &stored);
            assert_eq!((pepper(&key), phc), (home, PHC), "from {from} to {to}");
            assert!(!stored.contains(going.split_once(BROUGHT).unwrap().1), "its key is sealed");
        }
        // Somewhere else, for another clinic, or changed, it is nobody's password.
        assert_eq!(keys(2).read_hash(CLINIC, &stored).1, "");
        assert_eq!(keys(1).read_hash("abcdefghjk", &stored).1, "");
        assert_eq!(keys(1).read_hash(CLINIC, &format!("{PHC}#")).1, "");
        assert_eq!(keys(2).hash_that_came([9; NONCE_BYTES], CLINIC, PHC), None);
        assert_eq!(keys(2).hash_that_came([9; NONCE_BYTES], CLINIC, &format!("{PHC}#AAAA")), None);
    }

    #[test]
    fn a_computers_digest_goes_the_same_way() {
        let here = keys(1).computer_digest(CLINIC, "computer 1", "password");
        let is_right = |deployment: u8, clinic: &str, context: &str, stored: &[u8], password: &str| {
            keys(deployment).is_computer_password(clinic, context, stored, password)
        };
        assert!(is_right(1, CLINIC, "computer 1", &here, "password"));
        for wrong in [
            is_right(2, CLINIC, "computer 1", &here, "password"),
            is_right(1, "abcdefghjk", "computer 1", &here, "password"),
            is_right(1, CLINIC, "computer 2", &here, "password"),
            is_right(1, CLINIC, "computer 1", &here, "passwore"),
            is_right(1, CLINIC, "computer 1", &[], "password"),
        ] {
            assert!(!wrong);
        }
        let mut stored = here;
        for (from, to) in [(1, 2), (2, 3), (3, 1)] {
            let going = keys(from).digest_to_go(CLINIC, &stored);
            stored = keys(to).digest_that_came([9; NONCE_BYTES], CLINIC, &going).unwrap();
            assert!(is_right(to, CLINIC, "computer 1", &stored, "password"), "from {from} to {to}");
            assert!(!is_right(from, CLINIC, "computer 1", &stored, "password"), "it is sealed for {to}");
        }
        let last = stored.len() - 1;
        stored[last] ^= 1;
        assert!(!is_right(1, CLINIC, "computer 1", &stored, "password"));
        assert_eq!(keys(2).digest_that_came([9; NONCE_BYTES], CLINIC, &stored[..40]), None);
    }
}
