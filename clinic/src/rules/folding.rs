//! Text as people type it when they search: in lower case and without accents, so that "e" also finds "é" and "ё".

use unicode_normalization::UnicodeNormalization;

/// The combining marks that accents come apart into.
const MARKS: std::ops::RangeInclusive<char> = '\u{300}'..='\u{36f}';

/// The text without what is seldom typed.
pub fn folded(text: &str) -> String {
    text.nfd().filter(|letter| !MARKS.contains(letter)).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_capitals_do_not_matter() {
        assert_eq!(folded("Алёна Müller-Élan"), "алена muller-elan");
        assert_eq!(folded("192.168.0.1"), "192.168.0.1");
    }
}
