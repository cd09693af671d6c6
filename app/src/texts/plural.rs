//! Which form of a word a number takes: the categories of Unicode CLDR, by its cardinal rules for whole numbers.

/// The form that a number takes.
pub type Rule = fn(u32) -> &'static str;

/// The rule that a file of sentences names.
pub fn rule(name: &str) -> Option<Rule> {
    match name {
        "english" => Some(english),
        "french" => Some(french),
        "russian" => Some(russian),
        "arabic" => Some(arabic),
        _ => None,
    }
}

/// One try, two tries.
fn english(n: u32) -> &'static str {
    if n == 1 { "one" } else { "other" }
}

/// Zéro tentative, une tentative, deux tentatives.
fn french(n: u32) -> &'static str {
    if n < 2 { "one" } else { "other" }
}

/// 1 попытка, 2 попытки, 5 попыток; 21 попытка, but 11 попыток.
fn russian(n: u32) -> &'static str {
    match (n % 10, n % 100) {
        (1, tens) if tens != 11 => "one",
        (2..=4, tens) if !(12..=14).contains(&tens) => "few",
        _ => "many",
    }
}

/// None, one, two, a few, many, and the hundreds.
fn arabic(n: u32) -> &'static str {
    match (n, n % 100) {
        (0, _) => "zero",
        (1, _) => "one",
        (2, _) => "two",
        (_, 3..=10) => "few",
        (_, 11..=99) => "many",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_numbers_take_three_forms() {
        for n in [1, 21, 101] {
            assert_eq!(russian(n), "one", "{n}");
        }
        for n in [2, 3, 4, 22, 34, 102] {
            assert_eq!(russian(n), "few", "{n}");
        }
        for n in [0, 5, 10, 11, 12, 13, 14, 20, 25, 111, 112] {
            assert_eq!(russian(n), "many", "{n}");
        }
    }

    #[test]
    fn arabic_numbers_take_six_forms() {
        let forms = [0, 1, 2, 3, 110, 11, 199, 100, 202].map(arabic);
        assert_eq!(forms, ["zero", "one", "two", "few", "few", "many", "many", "other", "other"]);
    }

    #[test]
    fn french_counts_zero_with_one() {
        assert_eq!(french(0), "one");
        assert_eq!(french(2), "other");
        assert_eq!(english(0), "other");
    }
}
