//! How long the log is kept: the lines of a month go together, when as many years have passed as the policy says since its end.

use jiff::{Span, Timestamp as Instant, civil::Date, tz::TimeZone};
use wire::Timestamp;

/// The log keeps what happened from this moment on. By the month, so that a log in use is not trimmed every day.
pub fn kept_since(now: Timestamp, years: u32, zone: &TimeZone) -> Timestamp {
    moved(now, -years_of(years), zone)
}

/// When a line goes that was written at this moment.
pub fn goes_at(written: Timestamp, years: u32, zone: &TimeZone) -> Timestamp {
    moved(written, years_of(years).months(1), zone)
}

fn years_of(years: u32) -> Span {
    // The longest policy is 30 years; nothing can be out of a span's bounds.
    Span::new().try_years(years).unwrap_or_default()
}

/// The first moment of a moment's month, moved by years and months. What no calendar reaches is far from going.
fn moved(moment: Timestamp, by: Span, zone: &TimeZone) -> Timestamp {
    let moment = Instant::from_millisecond(moment.0).unwrap_or_default();
    let month: Date = moment.to_zoned(zone.clone()).date().first_of_month();
    let begins = month.checked_add(by).and_then(|day| day.to_zoned(zone.clone()));
    begins.map_or(Timestamp(0), |begins| Timestamp(begins.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::time_zone;

    fn moment(text: &str) -> Timestamp {
        Timestamp(text.parse::<Instant>().unwrap().as_millisecond())
    }

    #[test]
    fn a_line_goes_with_its_month_when_the_years_have_passed() {
        let zone = time_zone::of("Europe/Paris");
        // Midnight of 1 April in Paris.
        let goes = moment("2026-03-31T22:00:00Z");
        for written in ["2020-02-29T23:00:00Z", "2020-03-14T12:00:00Z", "2020-03-31T21:59:59Z"] {
            assert_eq!(goes_at(moment(written), 6, &zone), goes, "{written}");
        }
        assert_eq!(goes_at(moment("2020-03-31T22:00:00Z"), 6, &zone), moment("2026-04-30T22:00:00Z"));
    }

    #[test]
    fn what_goes_and_what_is_kept_agree_to_the_millisecond() {
        for name in ["Europe/London", "Pacific/Auckland", "America/St_Johns"] {
            let zone = time_zone::of(name);
            for days in 0..800 {
                let written = moment("2020-01-31T23:30:00Z").plus_minutes(days * 24 * 60);
                for years in [1, 6, 30] {
                    let goes = goes_at(written, years, &zone);
                    assert!(written < kept_since(goes, years, &zone), "{name} {days} {years}");
                    assert!(
                        written >= kept_since(goes.plus_millis(-1), years, &zone),
                        "{name} {days} {years}"
                    );
                }
            }
        }
    }
}
