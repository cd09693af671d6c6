//! The clinic's time zone, as mails and files write it.

use jiff::{Timestamp as Instant, tz::TimeZone};
use wire::{Day, Language, Timestamp};

/// Whether the IANA database has a zone of this name.
pub fn is_known(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// A moment as people of this language write it, to the minute, with the offset: "21 November 2026, 21:40 (UTC+03:00)".
pub fn written(moment: Timestamp, zone: &str, language: Language) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let moment = Instant::from_millisecond(moment.0).unwrap_or_default().to_zoned(zone);
    let format = match language {
        Language::En => "%-d %B %Y, %H:%M (UTC%:z)",
        Language::Ru => "%d.%m.%Y, %H:%M (UTC%:z)",
        Language::Fr => "%d/%m/%Y à %H:%M (UTC%:z)",
    };
    moment.strftime(format).to_string()
}

/// A moment in the zone, to the second, as programs read it: "2026-11-21T21:40:00+03:00".
pub fn rfc3339(moment: Timestamp, zone: &TimeZone) -> String {
    let moment = Instant::from_millisecond(moment.0).unwrap_or_default().to_zoned(zone.clone());
    moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The day that a moment lies in.
pub fn day(moment: Timestamp, zone: &TimeZone) -> Day {
    let date = Instant::from_millisecond(moment.0).unwrap_or_default().to_zoned(zone.clone()).date();
    Day::new(date.year(), date.month(), date.day())
}

/// A zone by its name; UTC where the database has none of it.
pub fn of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_the_clinics_zone() {
        let moment = Timestamp(1_795_286_400_000);
        assert_eq!(written(moment, "Europe/Moscow", Language::En), "21 November 2026, 21:40 (UTC+03:00)");
        assert_eq!(written(moment, "Europe/Paris", Language::Fr), "21/11/2026 à 19:40 (UTC+01:00)");
        assert_eq!(written(moment, "Europe/Moscow", Language::Ru), "21.11.2026, 21:40 (UTC+03:00)");
    }

    #[test]
    fn a_day_begins_at_the_clinics_midnight() {
        let moment = Timestamp(1_795_294_800_000);
        assert_eq!(rfc3339(moment, &of("Europe/Moscow")), "2026-11-22T00:00:00+03:00");
        assert_eq!(day(moment, &of("Europe/Moscow")), Day::new(2026, 11, 22));
        assert_eq!(rfc3339(moment, &of("Mars/Olympus")), "2026-11-21T21:00:00+00:00");
        assert_eq!(day(Timestamp(moment.0 - 1), &of("Europe/Moscow")), Day::new(2026, 11, 21));
    }

    #[test]
    fn a_zone_outside_the_database_is_not_known() {
        assert!(is_known("America/Montreal"));
        for name in ["", "Mars/Olympus", "../etc/passwd"] {
            assert!(!is_known(name), "{name}");
        }
    }
}
