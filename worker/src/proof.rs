//! The proof that a request comes from the browser that keeps a key (DPoP, RFC 9449 §4.3), checked before anything of the request
//! is believed. What a clinic binds its tokens to is the thumbprint of the key (RFC 7638).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use wire::{Problem, ProblemCode, Timestamp, proof};

/// Longest proof that is looked at. Ours are half as long.
const LENGTH_MAX: usize = 1024;
/// Bytes of a coordinate of a point on P-256.
const COORDINATE_BYTES: usize = 32;
/// How a point begins that is written with both coordinates (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

/// What a proof says of itself. What else stands in it, nobody reads; a private key in it is nobody's any more.
#[derive(Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Jwk,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
    d: Option<String>,
}

/// What a proof is for.
#[derive(Deserialize)]
struct Claims {
    htm: String,
    htu: String,
    iat: u64,
}

/// The request that a proof must be for.
pub struct Asked<'a> {
    pub method: &'a str,
    /// The origin of the site.
    pub origin: &'a str,
    pub path: &'a str,
}

/// The thumbprint of the key that made a proof for this request.
///
/// # Errors
/// [`ProblemCode::ProofStale`] for one of another time, [`ProblemCode::ProofWrong`] for what else is wrong with it.
pub fn thumbprint(proof: &str, asked: &Asked<'_>, now: Timestamp) -> Result<String, Problem> {
    let (jwk, claims) = signed(proof).ok_or_else(|| Problem::new(ProblemCode::ProofWrong))?;
    let address = claims.htu.strip_prefix(asked.origin);
    if claims.htm != asked.method || address != Some(asked.path) {
        return Err(Problem::new(ProblemCode::ProofWrong));
    }
    let seconds = u64::try_from(now.seconds()).unwrap_or_default();
    if claims.iat.abs_diff(seconds) > proof::SECONDS_OFF_MAX {
        return Err(Problem::new(ProblemCode::ProofStale));
    }
    // The members that the key needs, in the order of their names, without blanks (RFC 7638 §3). Both are plain base64: they were
    // decoded.
    let key = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, jwk.x, jwk.y);
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(key)))
}

/// The key and the claims of a proof that is well made and signed by its key.
fn signed(proof: &str) -> Option<(Jwk, Claims)> {
    if proof.len() > LENGTH_MAX {
        return None;
    }
    let (body, signature) = proof.rsplit_once('.')?;
    let (header, claims) = body.split_once('.')?;
    let Header { typ, alg, jwk } = parsed(header)?;
    let ours = typ == proof::TYPE && alg == proof::ALGORITHM && jwk.kty == "EC" && jwk.crv == "P-256";
    if !ours || jwk.d.is_some() {
        return None;
    }
    let mut point = vec![UNCOMPRESSED];
    for coordinate in [&jwk.x, &jwk.y] {
        let bytes = decoded(coordinate).filter(|bytes| bytes.len() == COORDINATE_BYTES)?;
        point.extend(bytes);
    }
    let key = VerifyingKey::from_sec1_bytes(&point).ok()?;
    let signature = Signature::from_slice(&decoded(signature)?).ok()?;
    key.verify(body.as_bytes(), &signature).ok()?;
    Some((jwk, parsed(claims)?))
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

fn parsed<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&decoded(text)?).ok()
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{SigningKey, signature::Signer};
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp(1_795_286_400_000);
    const ASKED: Asked<'_> =
        Asked { method: "POST", origin: "https://wardkey.example", path: "/api/sign-in/user" };

    fn key(number: u8) -> SigningKey {
        SigningKey::from_slice(&[number; 32]).unwrap()
    }

    fn encoded(value: &Value) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
    }

    fn made_with(key: &SigningKey, change: impl Fn(&mut Value, &mut Value)) -> String {
        let point = key.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let (x, y) = (coordinate(point.x().unwrap()), coordinate(point.y().unwrap()));
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
        let mut header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let mut claims = json!({
            "htm": "POST", "htu": "https://wardkey.example/api/sign-in/user", "iat": NOW.seconds(), "jti": "a",
        });
        change(&mut header, &mut claims);
        let body = format!("{}.{}", encoded(&header), encoded(&claims));
        let signature: Signature = key.sign(body.as_bytes());
        format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    fn code(proof: &str) -> Option<ProblemCode> {
        thumbprint(proof, &ASKED, NOW).err().map(|problem| problem.code)
    }

    #[test]
    fn a_proof_tells_its_key_and_no_other() {
        let print = |number| thumbprint(&made_with(&key(number), |_, _| ()), &ASKED, NOW).unwrap();
        assert_eq!(print(1), print(1));
        assert_ne!(print(1), print(2));
        assert_eq!(print(1).len(), 43);
    }

    #[test]
    fn a_proof_is_for_one_request_and_of_its_time() {
        for (name, value) in [
            ("htm", json!("GET")),
            ("htu", json!("https://wardkey.example/api/sign-in/computer")),
            ("htu", json!("https://evil.example/api/sign-in/user")),
            ("htu", json!("/api/sign-in/user")),
            ("htu", json!(7)),
            ("iat", json!("now")),
        ] {
            let proof = made_with(&key(1), |_, claims| claims[name] = value.clone());
            assert_eq!(code(&proof), Some(ProblemCode::ProofWrong), "{name}: {value}");
        }
        for (seconds, refusal) in [
            (0, None),
            (120, None),
            (-120, None),
            (121, Some(ProblemCode::ProofStale)),
            (-121, Some(ProblemCode::ProofStale)),
        ] {
            let proof = made_with(&key(1), |_, claims| claims["iat"] = json!(NOW.seconds() + seconds));
            assert_eq!(code(&proof), refusal, "{seconds}");
        }
    }

    #[test]
    fn what_is_not_signed_by_its_key_proves_nothing() {
        let (own, other) = (made_with(&key(1), |_, _| ()), made_with(&key(2), |_, _| ()));
        let part = |proof: &str, number: usize| proof.split('.').nth(number).unwrap().to_owned();
        let mixed = |header, claims, signature| {
            format!("{}.{}.{}", part(header, 0), part(claims, 1), part(signature, 2))
        };
        let later = made_with(&key(1), |_, claims| claims["jti"] = json!("b"));
        for proof in [
            mixed(&other, &own, &own),
            mixed(&own, &own, &other),
            mixed(&own, &later, &own),
            format!("{}.{}.", part(&own, 0), part(&own, 1)),
            format!("{own}="),
            String::new(),
            "..".to_owned(),
            own.replace('.', ""),
            format!("{own}{}", "A".repeat(LENGTH_MAX)),
        ] {
            assert_eq!(code(&proof), Some(ProblemCode::ProofWrong), "{proof}");
        }
    }

    #[test]
    fn another_kind_of_key_is_none() {
        for (name, value) in [("typ", "JWT"), ("alg", "none"), ("alg", "HS256"), ("alg", "ES384")] {
            let proof = made_with(&key(1), |header, _| header[name] = json!(value));
            assert_eq!(code(&proof), Some(ProblemCode::ProofWrong), "{name}: {value}");
        }
        for (name, value) in
            [("kty", "oct"), ("crv", "P-384"), ("x", ""), ("x", "AAAA"), ("y", "a=b"), ("d", "AAAA")]
        {
            let proof = made_with(&key(1), |header, _| header["jwk"][name] = json!(value));
            assert_eq!(code(&proof), Some(ProblemCode::ProofWrong), "{name}: {value}");
        }
    }
}
