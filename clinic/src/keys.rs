//! The keys of a deployment, each derived from `SECRET_KEY` for one purpose, and what is done with them.

pub(crate) mod archive;
mod own;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use ed25519_compact::{KeyPair, Seed};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use wire::{
    Problem, ProblemCode, Timestamp,
    fields::{CLINIC_CODE_LENGTH, ClinicCode, LEGIBLE_ALPHABET},
    place::{Jurisdiction, Region},
    signed::{LogKey, Signed, Statement},
};

pub use own::ClinicKey;

type Key = [u8; 32];

/// Random characters of a clinic's code; the others check them.
const CLINIC_CODE_RANDOM: usize = 6;
/// Characters that a code is made of.
const LEGIBLE_LENGTH: u8 = LEGIBLE_ALPHABET.len() as u8;
/// Bytes of the nonce that stands before sealed bytes (XChaCha20: 24, long enough to be drawn at random).
pub const NONCE_BYTES: usize = 24;
/// Bytes of the tag that stands behind sealed bytes.
pub const TAG_BYTES: usize = 16;

/// The keys of a deployment.
///
/// Passwords that people choose are hashed slowly (argon2id, in the Worker). Everything kept by a keyed digest is random
/// and long (tokens of 256 bits, computer passwords of 118 bits) or lives for ten minutes and five tries (PINs): there is nothing
/// to guess offline that a slow hash would protect, and the key keeps a stolen database from being searched for PINs.
pub struct Keys {
    digest: Key,
    seal: Key,
    clinic: Key,
    clinic_code: Key,
    operator: Key,
    setup: Key,
    log: Key,
    archive: Key,
}

/// A clinic that is yet to be opened, with its link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlace {
    /// The code that it will have.
    pub clinic: ClinicCode,
    /// What it is to be close to.
    pub near: Option<Region>,
    /// Until when the link can be used.
    pub expires_at: Timestamp,
}

/// What a digest is of; digests for one purpose never match those for another.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// The token in a cookie.
    Token,
    /// An e-mailed PIN.
    Pin,
    /// A login that no account has.
    UnknownLogin,
    /// The hash of a user's password, to tell later whether it is the same still.
    PasswordHash,
    /// The secret of a link that resets a password.
    Reset,
    /// The code of a support case.
    SupportCase,
    /// The network of whoever reads a help page.
    Reader,
    /// The key of a call, by which one that is delivered twice is known.
    Call,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Purpose::Token => b"token",
            Purpose::Pin => b"pin",
            Purpose::UnknownLogin => b"unknown login",
            Purpose::PasswordHash => b"password hash",
            Purpose::Reset => b"reset",
            Purpose::SupportCase => b"support case",
            Purpose::Reader => b"reader",
            Purpose::Call => b"call",
        }
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Key {
    // HMAC takes a key of any length, so that this match has one arm that can happen.
    let Ok(mut mac) = <Hmac<Sha256>>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        // The length first, so that no two lists of parts run together to the same bytes.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl Keys {
    /// Derives every key. HMAC under a uniformly random key is a pseudo-random function, so labels are enough (RFC 5869 §3.3).
    pub fn derive(secret_key: &[u8; 32]) -> Self {
        let key = |label: &str| {
            let Ok(mut mac) = <Hmac<Sha256>>::new_from_slice(secret_key) else { return [0; 32] };
            mac.update(label.as_bytes());
            mac.finalize().into_bytes().into()
        };
        Self {
            digest: key("wardkey digest v1"),
            seal: key("wardkey seal v1"),
            clinic: key("wardkey clinic v1"),
            clinic_code: key("wardkey clinic code v1"),
            operator: key("wardkey operator v1"),
            setup: key("wardkey setup v1"),
            log: key("wardkey log v1"),
            archive: key("wardkey archive v1"),
        }
    }

    /// The bearer token of the deployment's operator.
    pub fn operator_key(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.operator)
    }

    /// The token of a setup link: the code of the clinic that it opens, until when, what it is to be close to, and a MAC over all.
    /// Nothing is stored of it; it works once because a clinic is opened once.
    pub fn setup_token(&self, offer: &NewPlace) -> String {
        let near = offer.near.map(|near| format!(".{}", near.code())).unwrap_or_default();
        let body = format!("{}.{}{near}", offer.clinic.as_str(), offer.expires_at.seconds());
        let mac = mac(&self.setup, &[body.as_bytes()]);
        format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac))
    }

    /// What a setup link opens.
    ///
    /// # Errors
    /// [`ProblemCode::SetupLinkWrong`] for what this deployment never made, [`ProblemCode::SetupLinkExpired`] for what it made too long ago.
    pub fn read_setup_token(&self, token: &str, now: Timestamp) -> Result<NewPlace, Problem> {
        let wrong = || Problem::new(ProblemCode::SetupLinkWrong);
        let (body, _) = token.trim().rsplit_once('.').ok_or_else(wrong)?;
        let mut parts = body.split('.');
        let clinic: ClinicCode = parts.next().and_then(|code| code.parse().ok()).ok_or_else(wrong)?;
        let seconds: i64 = parts.next().and_then(|seconds| seconds.parse().ok()).ok_or_else(wrong)?;
        let near = parts.next().and_then(Region::from_code);
        let offer = NewPlace { clinic, near, expires_at: Timestamp(0).plus_seconds(seconds) };
        if !bool::from(self.setup_token(&offer).as_bytes().ct_eq(token.trim().as_bytes())) {
            return Err(wrong());
        }
        if offer.expires_at <= now {
            return Err(Problem::new(ProblemCode::SetupLinkExpired));
        }
        Ok(offer)
    }

    /// What is stored of a secret that is random by itself. `context` binds it to its place.
    pub fn digest(&self, purpose: Purpose, context: &str, secret: &str) -> Vec<u8> {
        mac(&self.digest, &[purpose.label(), context.as_bytes(), secret.as_bytes()]).to_vec()
    }

    /// Whether `stored` is the digest of this secret, in constant time.
    pub fn matches(&self, stored: &[u8], purpose: Purpose, context: &str, secret: &str) -> bool {
        self.digest(purpose, context, secret).ct_eq(stored).into()
    }

    /// Encrypts what must be read again: TOTP secrets and the mails that wait. `context` binds it to its place.
    pub fn seal(&self, nonce: [u8; NONCE_BYTES], context: &str, plain: &[u8]) -> Vec<u8> {
        let cipher = XChaCha20Poly1305::new(&self.seal.into());
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        // Encryption fails only beyond 256 GiB.
        let sealed = cipher.encrypt(&nonce.into(), payload).unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Decrypts what [`Keys::seal`] made; `None` when it was changed, moved or sealed with another key.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let cipher = XChaCha20Poly1305::new(&self.seal.into());
        cipher.decrypt(&(*nonce).into(), Payload { msg: sealed, aad: context.as_bytes() }).ok()
    }

    /// A clinic's code: random characters, then characters that check them, so that a made-up code is refused before any
    /// object is woken or any storage touched. They tell as well what the clinic is kept to: no directory has to be asked where it is.
    pub fn clinic_code(
        &self,
        random: [u8; CLINIC_CODE_RANDOM],
        jurisdiction: Option<Jurisdiction>,
    ) -> ClinicCode {
        let mut code: String = random.iter().copied().map(legible).collect();
        code.push_str(&self.check_characters(&code, jurisdiction));
        ClinicCode::from_generated(code)
    }

    /// Whether this deployment made the code.
    pub fn knows_clinic_code(&self, code: &ClinicCode) -> bool {
        self.kept_to(code).is_some()
    }

    /// What the clinic of this code is kept to, if that is anything.
    pub fn jurisdiction_of(&self, code: &ClinicCode) -> Option<Jurisdiction> {
        self.kept_to(code).flatten()
    }

    fn kept_to(&self, code: &ClinicCode) -> Option<Option<Jurisdiction>> {
        let (random, check) = code.as_str().split_at_checked(CLINIC_CODE_RANDOM)?;
        let nowhere_else = Jurisdiction::ALL.map(Some);
        let mut all = [None].into_iter().chain(nowhere_else);
        all.find(|one| self.check_characters(random, *one).as_bytes().ct_eq(check.as_bytes()).into())
    }

    /// Signs what an exported log says of itself. `None` for a key that cannot sign, which no derived one is.
    pub fn sign<S: Statement>(&self, statement: S) -> Option<Signed<S>> {
        let pair = self.log_pair()?;
        let signature = *pair.sk.sign(statement.signed_text(), None);
        Some(Signed { statement, key: LogKey(*pair.pk), signature })
    }

    /// Whether this deployment signed it, for this clinic.
    pub fn knows<S: Statement>(&self, signed: &Signed<S>, clinic: &str) -> bool {
        let ours = self.log_key() == Some(signed.key);
        ours && signed.is_signed() && signed.statement.clinic().as_str() == clinic
    }

    /// The public key with which its logs are verified.
    pub fn log_key(&self) -> Option<LogKey> {
        Some(LogKey(*self.log_pair()?.pk))
    }

    fn log_pair(&self) -> Option<KeyPair> {
        KeyPair::try_from_seed(Seed::new(self.log)).ok()
    }

    /// In a jurisdiction the last of them is another: no code is one of two.
    fn check_characters(&self, random: &str, jurisdiction: Option<Jurisdiction>) -> String {
        let check = mac(&self.clinic_code, &[random.as_bytes()]);
        let mut check: Vec<u8> = check.into_iter().take(CLINIC_CODE_LENGTH - CLINIC_CODE_RANDOM).collect();
        if let Some(last) = check.last_mut() {
            let further = match jurisdiction {
                None => 0,
                Some(Jurisdiction::Eu) => 1,
                Some(Jurisdiction::Us) => 2,
                Some(Jurisdiction::Fedramp) => 3,
            };
            *last = *last % LEGIBLE_LENGTH + further;
        }
        check.into_iter().map(legible).collect()
    }
}

/// A legible character picked by a byte. Eight of the 31 are picked 9 instead of 8 times in 256: enough for a code, not for a password.
fn legible(byte: u8) -> char {
    LEGIBLE_ALPHABET.get(usize::from(byte) % LEGIBLE_ALPHABET.len()).copied().map_or('a', char::from)
}

#[cfg(test)]
mod tests {
    use wire::checkpoint::Gone;

    use super::*;

    fn keys() -> Keys {
        Keys::derive(&[7; 32])
    }

    #[test]
    fn a_made_code_is_known_and_a_made_up_one_is_not() {
        let code = keys().clinic_code([1, 2, 3, 4, 5, 6], None);
        assert!(keys().knows_clinic_code(&code));
        assert!(!Keys::derive(&[8; 32]).knows_clinic_code(&code));
        let mut other = code.as_str().to_owned();
        other.replace_range(0..1, "z");
        assert!(!keys().knows_clinic_code(&other.parse().unwrap()));
    }

    #[test]
    fn a_code_tells_what_its_clinic_is_kept_to() {
        for byte in 0..=u8::MAX {
            let random = [byte, 2, 3, 4, 5, 6];
            for kept_to in [None].into_iter().chain(Jurisdiction::ALL.map(Some)) {
                let code = keys().clinic_code(random, kept_to);
                assert!(keys().knows_clinic_code(&code), "{code:?}");
                assert_eq!(keys().jurisdiction_of(&code), kept_to, "{code:?}");
            }
            // Of the 31 characters that could stand last, four do.
            let code = keys().clinic_code(random, None);
            let (start, _) = code.as_str().split_at(CLINIC_CODE_LENGTH - 1);
            let known = LEGIBLE_ALPHABET.iter().filter(|last| {
                keys().knows_clinic_code(&format!("{start}{}", char::from(**last)).parse().unwrap())
            });
            assert_eq!(known.count(), 1 + Jurisdiction::ALL.len());
        }
    }

    #[test]
    fn a_digest_is_bound_to_its_purpose_and_place() {
        let digest = keys().digest(Purpose::Pin, "a", "123456");
        assert!(keys().matches(&digest, Purpose::Pin, "a", "123456"));
        assert!(!keys().matches(&digest, Purpose::Pin, "b", "123456"));
        assert!(!keys().matches(&digest, Purpose::Token, "a", "123456"));
        assert!(!keys().matches(&digest, Purpose::Pin, "a", "123457"));
        assert!(!keys().matches(&[], Purpose::Pin, "a", "123456"));
    }

    #[test]
    fn sealed_bytes_open_only_in_their_place_and_unchanged() {
        let mut sealed = keys().seal([9; NONCE_BYTES], "profile", b"secret");
        assert_eq!(keys().open("profile", &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(keys().open("outbox", &sealed), None);
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        assert_eq!(keys().open("profile", &sealed), None);
    }

    #[test]
    fn a_setup_link_is_ours_whole_and_in_time() {
        let clinic = keys().clinic_code([1, 2, 3, 4, 5, 6], Some(Jurisdiction::Eu));
        let near = NewPlace { clinic, near: Some(Region::Weur), expires_at: Timestamp(10_000) };
        let token = keys().setup_token(&near);
        assert_eq!(keys().read_setup_token(&token, Timestamp(9_999)), Ok(near.clone()));
        let moved = token.replace(".weur.", ".apac.");
        let elsewhere = keys().read_setup_token(&moved, Timestamp(0));
        assert_eq!(elsewhere.map_err(|problem| problem.code), Err(ProblemCode::SetupLinkWrong));
        let anywhere = NewPlace { near: None, ..near };
        let token = keys().setup_token(&anywhere);
        assert_eq!(keys().read_setup_token(&token, Timestamp(9_999)), Ok(anywhere));
        let code = |token: &str, now| keys().read_setup_token(token, Timestamp(now)).map_err(|p| p.code);
        assert_eq!(code(&token, 10_000), Err(ProblemCode::SetupLinkExpired));
        for wrong in ["", "a.b.c", &token[1..], &token.replace(".10.", ".99.")] {
            assert_eq!(code(wrong, 0), Err(ProblemCode::SetupLinkWrong), "{wrong}");
        }
    }

    #[test]
    fn a_checkpoint_is_ours_our_clinics_and_as_it_was_signed() {
        let gone = Gone { clinic: keys().clinic_code([1; 6], None), seq: 9, hash: [3; 32], at: 1_000 };
        let ours = keys().sign(gone.clone()).unwrap();
        let code = gone.clinic.as_str();
        assert!(keys().knows(&ours, code) && ours.is_signed());
        assert!(!keys().knows(&ours, keys().clinic_code([2; 6], None).as_str()), "it is another clinic's");
        let theirs = Keys::derive(&[8; 32]).sign(gone.clone()).unwrap();
        assert!(!keys().knows(&theirs, code) && theirs.is_signed());
        for changed in [
            Gone { clinic: keys().clinic_code([2; 6], None), ..gone.clone() },
            Gone { seq: 10, ..gone.clone() },
            Gone { hash: [4; 32], ..gone.clone() },
            Gone { at: 1_001, ..gone.clone() },
        ] {
            let changed = Signed { statement: changed, ..ours.clone() };
            assert!(!changed.is_signed() && !keys().knows(&changed, changed.statement.clinic.as_str()));
        }
        let named = Signed { key: ours.key, ..theirs };
        assert!(!named.is_signed() && !keys().knows(&named, code));
    }

    #[test]
    fn the_log_key_is_pinned() {
        // Tools outside derive it too: Ed25519 with the seed HMAC-SHA256(SECRET_KEY, "wardkey log v1").
        assert_eq!(
            keys().log_key().unwrap().to_string(),
            "21da76e5d9adc31639ffe40f5c769bfb003736a43d01f634e6ad32d2b407352d"
        );
    }

    #[test]
    fn the_operator_key_is_pinned() {
        // Tools outside derive it too: base64url(HMAC-SHA256(SECRET_KEY, "wardkey operator v1")).
        assert_eq!(keys().operator_key().len(), 43);
        assert_eq!(keys().operator_key(), Keys::derive(&[7; 32]).operator_key());
    }
}
