//! The only place that reads the clock, waits, or draws random bytes.
#![allow(clippy::disallowed_methods)]

use std::time::Duration;

use clinic::Random;
use wasm_bindgen::JsValue;
use wire::Timestamp;
use worker::{Date, Delay, js_sys};

/// The moment. It stands still between two waits for the network or the storage.
pub fn now() -> Timestamp {
    let now = Timestamp(i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX));
    #[cfg(feature = "trial")]
    let now = crate::trial::moved(now);
    now
}

/// The moment as a `Date` header has it (RFC 9110 §5.6.7).
pub fn http_date() -> String {
    // Whole milliseconds of any year that a clock shows are exact in a number of JavaScript.
    js_sys::Date::new(&JsValue::from_f64(now().0 as f64)).to_utc_string().into()
}

/// The moment that a `Date` header tells.
pub fn parse_http_date(text: &str) -> Option<Timestamp> {
    let millis = js_sys::Date::parse(text);
    // Whatever a header can hold is far below 2^53, or no number at all.
    millis.is_finite().then_some(Timestamp(millis as i64))
}

/// Waits so many milliseconds.
pub async fn sleep(millis: u32) {
    Delay::from(Duration::from_millis(u64::from(millis))).await;
}

/// The platform's source of random bytes.
pub struct Entropy;

impl Random for Entropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // A guessable token is worse than no answer.
            std::process::abort();
        }
    }
}

/// So many random bytes.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    Entropy.fill(&mut bytes);
    bytes
}

/// A random part, from half to the whole, of a time to wait: those who wait together do not come back together.
pub fn jittered(millis: u32) -> u32 {
    let [byte] = random_bytes();
    millis / 2 + (millis / 2).saturating_mul(u32::from(byte)) / 255
}
