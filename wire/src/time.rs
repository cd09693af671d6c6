//! A moment and a day, as they travel.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Problem, ProblemCode};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Whole seconds since the epoch, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment so many milliseconds later.
    pub fn plus_millis(self, millis: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(millis))
    }

    /// The moment so many seconds later.
    pub fn plus_seconds(self, seconds: i64) -> Timestamp {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// The moment so many minutes later.
    pub fn plus_minutes(self, minutes: i64) -> Timestamp {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    /// Whole seconds from now until this moment, rounded up; zero when it has passed.
    pub fn seconds_from(self, now: Timestamp) -> u32 {
        let millis = self.0.saturating_sub(now.0).max(0);
        u32::try_from((millis + 999) / 1000).unwrap_or(u32::MAX)
    }
}

/// A day of a clinic's calendar, such as `2026-11-22`; they sort as they follow each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Day(String);

impl Day {
    /// A day by its year, month and day of the month.
    pub fn new(year: i16, month: i8, day: i8) -> Day {
        Day(format!("{year:04}-{month:02}-{day:02}"))
    }

    /// The day as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Day {
    type Err = Problem;

    /// Takes a day that there is or could be: only a calendar knows how long each February was.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let parts = (text.get(..4), text.get(4..5), text.get(5..7), text.get(7..8), text.get(8..));
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok());
        let day = match parts {
            (Some(year), Some("-"), Some(month), Some("-"), Some(day)) if day.len() == 2 => {
                number(year).flatten().zip(number(month).flatten()).zip(number(day).flatten())
            }
            _ => None,
        };
        match day {
            Some(((1970..=9998_u16, 1..=12_u16), 1..=31_u16)) => Ok(Day(text.to_owned())),
            _ => Err(Problem::new(ProblemCode::DayMalformed)),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_back_and_nothing_else_is_one() {
        assert_eq!("2026-11-22".parse(), Ok(Day::new(2026, 11, 22)));
        for text in [
            "",
            "2026-11-2",
            "2026-13-01",
            "2026-00-10",
            "2026-11-32",
            "26-11-22",
            "2026/11/22",
            "2026-11-+1",
            "1969-12-31",
            "2026-11-22T10",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_wait_is_rounded_up_so_that_nobody_comes_too_early() {
        assert_eq!(Timestamp(1_001).seconds_from(Timestamp(0)), 2);
        assert_eq!(Timestamp(0).seconds_from(Timestamp(5)), 0);
    }
}
