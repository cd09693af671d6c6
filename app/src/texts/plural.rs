//! Which form of a word a number takes (Unicode CLDR, cardinal rules for whole numbers).

/// One try, two tries.
pub fn english<'a>(n: u32, one: &'a str, other: &'a str) -> &'a str {
    if n == 1 { one } else { other }
}

/// Zéro tentative, une tentative, deux tentatives.
pub fn french<'a>(n: u32, one: &'a str, other: &'a str) -> &'a str {
    if n < 2 { one } else { other }
}

/// 1 попытка, 2 попытки, 5 попыток; 21 попытка, but 11 попыток.
pub fn russian<'a>(n: u32, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (n % 10, n % 100) {
        (1, tens) if tens != 11 => one,
        (2..=4, tens) if !(12..=14).contains(&tens) => few,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_numbers_take_three_forms() {
        let form = |n| russian(n, "one", "few", "many");
        for n in [1, 21, 101] {
            assert_eq!(form(n), "one", "{n}");
        }
        for n in [2, 3, 4, 22, 34, 102] {
            assert_eq!(form(n), "few", "{n}");
        }
        for n in [0, 5, 10, 11, 12, 13, 14, 20, 25, 111, 112] {
            assert_eq!(form(n), "many", "{n}");
        }
    }

    #[test]
    fn french_counts_zero_with_one() {
        assert_eq!(french(0, "one", "other"), "one");
        assert_eq!(french(2, "one", "other"), "other");
        assert_eq!(english(0, "one", "other"), "other");
    }
}
