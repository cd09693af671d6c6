//! Which form of a word a number takes: the categories of Unicode CLDR, by its cardinal rules for whole numbers.

/// One try, two tries.
pub fn english(n: u32) -> &'static str {
    if n == 1 { "one" } else { "other" }
}

/// Zéro tentative, une tentative, deux tentatives.
pub fn french(n: u32) -> &'static str {
    if n < 2 { "one" } else { "other" }
}

/// 1 попытка, 2 попытки, 5 попыток; 21 попытка, but 11 попыток.
pub fn russian(n: u32) -> &'static str {
    match (n % 10, n % 100) {
        (1, tens) if tens != 11 => "one",
        (2..=4, tens) if !(12..=14).contains(&tens) => "few",
        _ => "many",
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
    fn french_counts_zero_with_one() {
        assert_eq!(french(0), "one");
        assert_eq!(french(2), "other");
        assert_eq!(english(0), "other");
    }
}
