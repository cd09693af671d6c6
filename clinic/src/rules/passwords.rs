//! Passwords that are generated: legible on paper, and each symbol as likely as any other.

use wire::fields::LEGIBLE_ALPHABET;

use crate::call::Random;

/// A password of so many legible characters, each worth 4.95 bits.
pub fn legible_password(random: &mut dyn Random, length: usize) -> String {
    let mut password = String::with_capacity(length);
    while password.len() < length {
        let mut byte = [0];
        random.fill(&mut byte);
        // Five bits pick one of 31 symbols or are thrown away: a remainder would favour the first ones.
        let [byte] = byte;
        password.extend(LEGIBLE_ALPHABET.get(usize::from(byte & 0b1_1111)).copied().map(char::from));
    }
    password
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
    fn no_symbol_is_favoured() {
        let password = legible_password(&mut Counting(0), LEGIBLE_ALPHABET.len() * 8);
        for symbol in LEGIBLE_ALPHABET {
            assert_eq!(password.bytes().filter(|byte| byte == symbol).count(), 8, "{}", char::from(*symbol));
        }
    }
}
