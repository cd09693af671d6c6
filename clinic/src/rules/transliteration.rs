//! A name in Latin letters, by the tables that passports follow, so that people know their login when they see it.
//!
//! - Russian: ICAO Doc 9303 part 3 §6 B, which Russian passports follow.
//! - Ukrainian: resolution 55 of the Cabinet of Ministers of 27 January 2010.
//! - Belarusian: ICAO Doc 9303 part 3 §6 B with its notes for Belarusian.
//! - Serbian: its own Latin alphabet (gajica) without the marks, as ICAO's notes for Serbian have it, except `г`, which stays `g`.
//! - Latin letters with marks: ICAO Doc 9303 part 3 §6 A.
//! - Any other script, and whatever these tables spell as it does: the crate `deunicode`, letter by letter.
//!
//! The alphabet is told from letters that only one language has. A name without any is spelt like Russian: the tables
//! differ in letters that all of them have (`г` is `g` or `h`), so that first and last name are looked at together.

use deunicode::deunicode_char;
use unicode_normalization::UnicodeNormalization;

/// A name in `[a-z0-9]`, with blanks and dashes where it has them. Apostrophes and other signs are dropped.
pub fn latin(name: &str) -> String {
    latin_beside(name, "")
}

/// The same for one part of a name, where another part helps to tell the language: the first name of «Гончаренко Олексій».
pub fn latin_beside(name: &str, other: &str) -> String {
    let spelling = Spelling::of(&format!("{name} {other}"));
    let letters = composed(name);
    let mut latin = String::with_capacity(name.len());
    let mut before = None;
    for (index, letter) in letters.iter().copied().enumerate() {
        let after = letters.get(index + 1).copied();
        write(&mut latin, letter, &Beside { before, after, spelling });
        before = Some(letter);
    }
    latin
}

/// How a name is spelt, as far as its letters tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// Russian, and every name that does not say otherwise.
    Plain,
    Belarusian,
    Ukrainian,
    Serbian,
    /// Languages whose `ö` and `ü` lose their dots: Turkish, Azerbaijani, Hungarian.
    BareUmlauts,
}

impl Spelling {
    fn of(name: &str) -> Self {
        let letters = composed(name);
        let has = |some: &str| letters.iter().any(|letter| some.contains(*letter));
        let written = |piece: &str| {
            letters.windows(piece.chars().count()).any(|seen| piece.chars().eq(seen.iter().copied()))
        };
        if has("әғқңөұүһҳҷӣӯ") {
            // Kazakh, Kyrgyz, Tajik and Uzbek share `і` and `ў` with the languages below and none of their rules.
            Self::Plain
        } else if has("ђјљњћџ") {
            Self::Serbian
        } else if has("ў") || (has("і") && has("ёыэ")) {
            Self::Belarusian
        } else if has("іїєґ") || UKRAINIAN_ENDINGS.iter().any(|ending| written(ending)) {
            Self::Ukrainian
        } else if has("ığşəőű\u{307}") {
            // U+0307 is what a capital İ leaves in lower case.
            Self::BareUmlauts
        } else {
            Self::Plain
        }
    }
}

/// What Russian spells -ский and -ская: a sign where the name has no letter of its own, as Рибчинський.
const UKRAINIAN_ENDINGS: [&str; 6] = ["ський", "цький", "зький", "вська", "нська", "цька"];

/// What a letter's rule may look at.
struct Beside {
    before: Option<char>,
    after: Option<char>,
    spelling: Spelling,
}

impl Beside {
    fn begins_word(&self) -> bool {
        !self.before.is_some_and(char::is_alphabetic)
    }

    /// Whether two dots part this vowel from the one before, as in Saül and Boöz, or make `u` heard, as in Agüero. Otherwise
    /// they are an umlaut. German has neither `aü` nor `oü` nor `güe`; that `üe` alone is no sign shows in Rüegg.
    fn parts_vowels(&self, vowel: char) -> bool {
        matches!(self.before, Some('a' | 'o'))
            || (vowel == 'ü' && self.before == Some('g') && matches!(self.after, Some('e' | 'é' | 'i' | 'í')))
    }
}

/// Lower case, with letters and their marks composed: й may come as и and a breve. Apostrophes are gone, since the
/// letter after one does not begin a word.
fn composed(name: &str) -> Vec<char> {
    name.nfc().flat_map(char::to_lowercase).filter(|symbol| !is_apostrophe(*symbol)).collect()
}

fn is_apostrophe(symbol: char) -> bool {
    matches!(symbol, '\'' | '`' | '´' | 'ʹ'..='ʿ' | '‘' | '’' | '′' | '＇')
}

fn write(latin: &mut String, letter: char, beside: &Beside) {
    if letter.is_whitespace() {
        latin.push(' ');
    } else if letter == '-' || matches!(letter, '‐'..='―' | '−') {
        latin.push('-');
    } else if let Some(written) = cyrillic(letter, beside).or_else(|| marked(letter, beside)) {
        latin.push_str(written);
    } else if letter.is_alphanumeric() {
        let written = deunicode_char(letter).unwrap_or_default();
        latin.extend(written.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
    }
}

/// Where the tables of the languages differ from the crate: first the language's own, then the one that they share.
fn cyrillic(letter: char, beside: &Beside) -> Option<&'static str> {
    let own = match beside.spelling {
        Spelling::Ukrainian => ukrainian(letter, beside),
        Spelling::Belarusian => belarusian(letter),
        Spelling::Serbian => serbian(letter),
        Spelling::Plain | Spelling::BareUmlauts => None,
    };
    own.or_else(|| shared_cyrillic(letter))
}

fn shared_cyrillic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ә' => "a",
        'ё' => "e",
        'ї' => "i",
        'ъ' => "ie",
        _ => return None,
    })
}

fn ukrainian(letter: char, beside: &Beside) -> Option<&'static str> {
    Some(match letter {
        // «зг» is zgh, so that nobody reads it as ж.
        'г' if beside.before == Some('з') => "gh",
        'г' => "h",
        'и' => "y",
        'є' if beside.begins_word() => "ye",
        'ї' if beside.begins_word() => "yi",
        'й' if beside.begins_word() => "y",
        'ю' if beside.begins_word() => "yu",
        'я' if beside.begins_word() => "ya",
        _ => return None,
    })
}

fn belarusian(letter: char) -> Option<&'static str> {
    match letter {
        'г' => Some("h"),
        'ё' => Some("io"),
        _ => None,
    }
}

fn serbian(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ђ' => "d",
        'ж' => "z",
        'ћ' | 'ц' | 'ч' => "c",
        'х' => "h",
        'џ' => "dz",
        'ш' => "s",
        _ => return None,
    })
}

/// Latin letters whose marks change how they are spelt. All others lose their marks, or are taken apart, by the crate: é is `e`,
/// ł is `l`, ß is `ss`.
fn marked(letter: char, beside: &Beside) -> Option<&'static str> {
    let bare = beside.spelling == Spelling::BareUmlauts || beside.parts_vowels(letter);
    Some(match letter {
        'ö' if bare => "o",
        'ü' if bare => "u",
        'ä' if beside.parts_vowels(letter) => "a",
        'ä' => "ae",
        'ö' | 'ø' => "oe",
        'ü' => "ue",
        'å' => "aa",
        'ə' => "e",
        _ => return None,
    })
}
