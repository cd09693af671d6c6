//! The key of a browser that is none: what tests and benchmarks sign in with shows that it holds one (DPoP, RFC 9449).

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use wire::proof::{ALGORITHM, SECONDS_OFF_MAX, TYPE};

/// For so long a proof is sent again: with a new one for each request, those who ask a thousand times would do little else.
const SECONDS_REUSED: i64 = SECONDS_OFF_MAX as i64 / 4;

/// Bytes of a coordinate of a point on P-256.
const COORDINATE_BYTES: usize = 32;

/// A key.
pub struct Key {
    key: SigningKey,
    header: String,
    /// By method and address: when the last proof was made, and the proof.
    made: Mutex<HashMap<(String, String), (i64, String)>>,
}

/// The key of every browser of a test that does not say otherwise: where a token is refused, it is never for the key alone.
pub fn shared() -> &'static Key {
    static SHARED: LazyLock<Key> = LazyLock::new(|| Key::from_number(1));
    &SHARED
}

impl Key {
    /// The key of a number, never zero.
    pub fn from_number(number: u8) -> Self {
        let key = SigningKey::from_slice(&[number; 32]).expect("a number within the curve's order");
        let point = key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes().get(1..).unwrap_or_default().split_at(COORDINATE_BYTES);
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y) });
        let header = json_part(&json!({ "typ": TYPE, "alg": ALGORITHM, "jwk": jwk }));
        Self { key, header, made: Mutex::default() }
    }

    /// The proof for a request, by a clock that is so many seconds ahead of this computer's.
    pub fn proof(&self, method: &str, origin: &str, path: &str, ahead: i64) -> String {
        let path = path.split('?').next().unwrap_or_default();
        let address = format!("{origin}{path}");
        let now = now() + ahead;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, proof) = made.entry((method.to_owned(), address.clone())).or_default();
        if (now - *at).abs() > SECONDS_REUSED {
            (*at, *proof) = (now, self.made_at(method, &address, now));
        }
        proof.clone()
    }

    fn made_at(&self, method: &str, address: &str, now: i64) -> String {
        let claims = json!({ "jti": now.to_string(), "htm": method, "htu": address, "iat": now });
        let body = format!("{}.{}", self.header, json_part(&claims));
        let signature: Signature = self.key.sign(body.as_bytes());
        format!("{body}.{}", encoded(&signature.to_bytes()))
    }
}

/// The seconds of this computer's clock.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn json_part(value: &Value) -> String {
    encoded(value.to_string().as_bytes())
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
