//! The only place that reads the clock, waits, or draws random bytes.
#![allow(clippy::disallowed_methods)]

use std::time::Duration;

use clinic::Random;
use wire::{Timestamp, fields::LEGIBLE_ALPHABET};
use worker::{Date, Delay};

/// The moment. It stands still between two waits for the network or the storage.
pub fn now() -> Timestamp {
    Timestamp(i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX))
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

/// Random text without look-alike characters.
pub fn legible_text(length: usize) -> String {
    legible_text_from(&mut Entropy, length)
}

fn legible_text_from(random: &mut dyn Random, length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut byte = [0];
        random.fill(&mut byte);
        // Five bits pick one of 31 symbols or are thrown away, so that each symbol is as likely as the others.
        let [byte] = byte;
        if let Some(symbol) = LEGIBLE_ALPHABET.get(usize::from(byte & 0b1_1111)) {
            text.push(char::from(*symbol));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);

    impl Random for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0;
                self.0 = self.0.wrapping_add(1);
            }
        }
    }

    #[test]
    fn legible_text_favours_no_symbol() {
        let text = legible_text_from(&mut Counting(0), 31 * 8);
        for symbol in LEGIBLE_ALPHABET {
            assert_eq!(text.bytes().filter(|byte| byte == symbol).count(), 8, "{}", char::from(*symbol));
        }
    }
}
