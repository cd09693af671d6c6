//! Step 2: six digits of any authenticator app (RFC 6238), one step of drift either way, each code once a computer.

use totp_rs::{Algorithm, Builder, Totp};
use wire::{ProblemCode, Timestamp, fields::TotpCode};

/// Bytes of a profile's secret (RFC 4226 §4: 160 bits recommended).
pub const SECRET_BYTES: usize = 20;
/// Length of a step.
pub const STEP_SECONDS: u64 = 30;
/// Steps of drift that are forgiven either way (RFC 6238 §5.2).
pub const DRIFT_STEPS: u16 = 1;

/// A used code is remembered for so long. It is good for a minute and a half; but once a clock that was ahead by as much is put
/// right, it would be good again.
pub const USED_CODES_DAYS: i64 = 7;

/// A code was right, for this step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step(pub i64);

fn totp(secret: &[u8], clinic: &str, profile: &str) -> Option<Totp> {
    // A colon parts issuer and name in the address, so that neither may hold one.
    let plain = |name: &str| name.replace(':', " ");
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(wire::fields::CODE_DIGITS as u8)
        .with_skew(DRIFT_STEPS)
        .with_step_duration(STEP_SECONDS)
        .with_secret(secret)
        .with_issuer(Some(plain(clinic)))
        .with_account_name(plain(profile))
        .build()
        .ok()
}

/// Checks a code. `used` are the steps whose codes this computer has had accepted.
pub fn check(secret: &[u8], code: &TotpCode, now: Timestamp, used: &[i64]) -> Result<Step, ProblemCode> {
    let seconds = u64::try_from(now.seconds()).unwrap_or_default();
    let step = totp(secret, "", "").and_then(|totp| totp.check(code.expose(), seconds));
    let step = step.and_then(|step| i64::try_from(step).ok()).ok_or(ProblemCode::CodeWrong)?;
    if used.contains(&step) { Err(ProblemCode::CodeUsed) } else { Ok(Step(step)) }
}

/// Whole seconds until authenticator apps show the next code.
pub fn seconds_to_next_code(now: Timestamp) -> u32 {
    let into_step = now.seconds().rem_euclid(STEP_SECONDS as i64);
    u32::try_from(STEP_SECONDS as i64 - into_step).unwrap_or_default()
}

/// The steps whose codes are good at a moment.
pub fn steps_good_at(now: Timestamp) -> impl Iterator<Item = i64> {
    let step = now.seconds().div_euclid(STEP_SECONDS as i64);
    let drift = i64::from(DRIFT_STEPS);
    step - drift..=step + drift
}

/// The oldest step whose code is remembered to have been used; what was used before it can be forgotten.
pub fn oldest_step(now: Timestamp) -> i64 {
    now.plus_minutes(-USED_CODES_DAYS * 24 * 60).seconds().div_euclid(STEP_SECONDS as i64)
}

/// The address that a profile's QR code holds.
pub fn otpauth_url(secret: &[u8], clinic: &str, profile: &str) -> Option<String> {
    totp(secret, clinic, profile)?.to_url().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn code(text: &str) -> TotpCode {
        text.parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1000)
    }

    #[test]
    fn codes_agree_with_rfc_6238_appendix_b() {
        // The last six of the eight digits of the table's SHA-1 rows.
        for (seconds, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(check(SECRET, &code(digits), at(seconds), &[]), Ok(Step(seconds / 30)), "{seconds}");
        }
    }

    #[test]
    fn one_step_of_drift_is_forgiven_and_no_more() {
        let digits = code("081804");
        let step = 1_111_111_109 / 30;
        for (seconds, accepted) in
            [(step * 30 - 31, false), (step * 30 - 30, true), (step * 30 + 59, true), (step * 30 + 60, false)]
        {
            assert_eq!(check(SECRET, &digits, at(seconds), &[]).is_ok(), accepted, "{seconds}");
        }
    }

    #[test]
    fn the_steps_that_are_good_are_those_whose_codes_are_accepted() {
        let now = at(1_111_111_109);
        let accepted: Vec<i64> = (-2..=2)
            .map(|step| now.seconds() / 30 + step)
            .filter(|step| {
                let shown = totp(SECRET, "", "").unwrap().generate(u64::try_from(step * 30).unwrap());
                check(SECRET, &code(&shown.to_string()), now, &[]) == Ok(Step(*step))
            })
            .collect();
        assert_eq!(accepted.len(), 3);
        assert_eq!(steps_good_at(now).collect::<Vec<_>>(), accepted);
    }

    #[test]
    fn a_code_is_accepted_once() {
        let step = 59 / 30;
        assert_eq!(check(SECRET, &code("287082"), at(59), &[step]), Err(ProblemCode::CodeUsed));
        assert_eq!(check(SECRET, &code("287082"), at(59), &[step - 1]), Ok(Step(step)));
    }

    #[test]
    fn the_next_code_is_never_further_than_a_step() {
        assert_eq!(seconds_to_next_code(at(60)), 30);
        assert_eq!(seconds_to_next_code(at(89)), 1);
    }

    #[test]
    fn a_used_code_is_remembered_for_a_week() {
        let week = USED_CODES_DAYS * 24 * 60 * 60;
        assert_eq!(oldest_step(at(week + 59)), 1);
        assert_eq!(oldest_step(at(week - 1)), -1);
    }

    #[test]
    fn the_address_survives_colons_and_cyrillic() {
        let url = otpauth_url(SECRET, "Клиника: Садовая", "Main").unwrap();
        assert!(url.starts_with("otpauth://totp/"), "{url}");
        assert!(!url.contains("%3A%20"), "a colon parts the clinic from the profile: {url}");
        assert!(url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{url}");
    }
}
