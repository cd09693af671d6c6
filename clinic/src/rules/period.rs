//! A period in days of the clinic's calendar: the moments between which it lies, and the bars that a chart of it has.

use jiff::{Span, Timestamp as Instant, ToSpan, civil::Date, tz::TimeZone};
use wire::{Day, Problem, ProblemCode, Timestamp, activities::BARS_MAX};

/// A period of so few days is counted by the hour.
const HOURLY_DAYS_MAX: i32 = 2;
/// Days of a chart that nobody gave a beginning.
const DAYS_DEFAULT: i32 = 30;
/// Whatever happened or will happen lies between these moments; both survive the platform's floats.
const BEGINNING: Timestamp = Timestamp(0);
const END: Timestamp = Timestamp(1 << 52);

/// From the beginning of one day until the end of another; open where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Period {
    from: Option<Date>,
    until: Option<Date>,
}

impl Period {
    /// A period, unless one of its days is none or it ends before it begins.
    pub fn new(from: Option<&Day>, until: Option<&Day>) -> Result<Period, Problem> {
        let date = |field: &str, day: &Day| {
            let malformed = || Problem::about(field, ProblemCode::DayMalformed);
            day.as_str().parse::<Date>().map_err(|_| malformed())
        };
        let from = from.map(|day| date("from", day)).transpose()?;
        let until = until.map(|day| date("until", day)).transpose()?;
        match (from, until) {
            (Some(from), Some(until)) if until < from => {
                Err(Problem::about("until", ProblemCode::PeriodBackwards))
            }
            _ => Ok(Period { from, until }),
        }
    }

    /// Whether it leaves something out.
    pub fn is_limited(&self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// The first moment, and the first one behind it.
    pub fn moments(&self, zone: &str) -> (Timestamp, Timestamp) {
        let zone = zone_of(zone);
        let from = self.from.map_or(BEGINNING, |day| start(day, &zone));
        let until = self.until.map_or(END, |day| start(plus(day, 1.day()), &zone));
        (from, until)
    }

    /// The bars of a chart: hours where the period is short, else days, else as many days together as make few enough bars.
    pub fn bars(&self, now: Timestamp, zone: &str) -> Bars {
        let zone = zone_of(zone);
        let today = Instant::from_millisecond(now.0).unwrap_or_default().to_zoned(zone.clone()).date();
        let until = self.until.unwrap_or(today.max(self.from.unwrap_or(today)));
        let from = self.from.unwrap_or_else(|| plus(until, (1 - DAYS_DEFAULT).days()));
        let days = from.until(until).map_or(0, |span| span.get_days()).saturating_add(1);
        if days <= HOURLY_DAYS_MAX {
            return Bars { hourly: true, bars: hours(from, until, &zone) };
        }
        let bars_max = i32::try_from(BARS_MAX).unwrap_or(i32::MAX);
        let width = (days + bars_max - 1) / bars_max;
        let firsts = std::iter::successors(Some(from), |first| Some(plus(*first, width.days())));
        let bar = |first: Date| {
            let last = plus(plus(first, width.days()), (-1).days()).min(until);
            let end = start(plus(last, 1.day()), &zone);
            Bar { at: start(first, &zone), end, from: day(first), until: day(last) }
        };
        let bars = firsts.take_while(|first| *first <= until).take(BARS_MAX).map(bar).collect();
        Bars { hourly: false, bars }
    }
}

/// The bars of a chart.
#[derive(Debug, PartialEq, Eq)]
pub struct Bars {
    /// Whether each is an hour.
    pub hourly: bool,
    /// Oldest first.
    pub bars: Vec<Bar>,
}

/// A part of the period.
#[derive(Debug, PartialEq, Eq)]
pub struct Bar {
    /// Its first moment.
    pub at: Timestamp,
    /// The first moment behind it.
    pub end: Timestamp,
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub until: Day,
}

/// As many hours as the days have: 23 or 25 where the clocks are set.
fn hours(from: Date, until: Date, zone: &TimeZone) -> Vec<Bar> {
    const HOUR_MILLIS: i64 = 3_600_000;
    let end = start(plus(until, 1.day()), zone);
    let starts = std::iter::successors(Some(start(from, zone)), |at| Some(at.plus_millis(HOUR_MILLIS)));
    let day_of = |at: Timestamp| {
        day(Instant::from_millisecond(at.0).unwrap_or_default().to_zoned(zone.clone()).date())
    };
    let hour = |at: Timestamp| {
        let day = day_of(at);
        Bar { at, end: at.plus_millis(HOUR_MILLIS).min(end), from: day.clone(), until: day }
    };
    starts.take_while(|at| *at < end).take(BARS_MAX).map(hour).collect()
}

fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The first moment of a day, which is one o'clock where the clocks are set at midnight.
fn start(day: Date, zone: &TimeZone) -> Timestamp {
    let midnight = day.to_zoned(zone.clone());
    midnight
        .map_or(END, |midnight| Timestamp(midnight.timestamp().as_millisecond().clamp(BEGINNING.0, END.0)))
}

fn plus(day: Date, span: Span) -> Date {
    day.saturating_add(span)
}

fn day(date: Date) -> Day {
    Day::new(date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_286_400_000);

    fn period(from: &str, until: &str) -> Period {
        let day = |text: &str| (!text.is_empty()).then(|| text.parse::<Day>().unwrap());
        Period::new(day(from).as_ref(), day(until).as_ref()).unwrap()
    }

    #[test]
    fn a_day_is_the_clinics_own() {
        let (from, until) = period("2026-11-21", "2026-11-21").moments("Europe/Moscow");
        assert_eq!(from, Timestamp(1_795_208_400_000));
        assert_eq!(until.0 - from.0, 24 * 3_600_000);
        let (from, until) = period("2026-03-29", "2026-03-29").moments("Europe/Paris");
        assert_eq!(until.0 - from.0, 23 * 3_600_000, "the clocks are set forward");
        assert_eq!(period("", "").moments("Europe/Paris"), (BEGINNING, END));
    }

    #[test]
    fn a_period_is_limited_by_either_end() {
        for (from, until, limited) in [
            ("", "", false),
            ("2026-11-21", "", true),
            ("", "2026-11-21", true),
            ("2026-11-21", "2026-11-21", true),
        ] {
            assert_eq!(period(from, until).is_limited(), limited, "{from} {until}");
        }
    }

    #[test]
    fn a_day_that_no_calendar_has_is_refused_and_so_is_a_period_backwards() {
        let refusal = |from: &str, until: &str| {
            Period::new(Some(&from.parse().unwrap()), Some(&until.parse().unwrap())).unwrap_err()
        };
        assert_eq!(refusal("2026-02-29", "2026-03-01"), Problem::about("from", ProblemCode::DayMalformed));
        assert_eq!(
            refusal("2026-03-02", "2026-03-01"),
            Problem::about("until", ProblemCode::PeriodBackwards)
        );
    }

    #[test]
    fn bars_are_hours_days_or_several_days_and_never_many() {
        let bars = |from: &str, until: &str| period(from, until).bars(NOW, "Europe/Paris");
        assert_eq!((bars("2026-11-21", "2026-11-21").hourly, bars("2026-11-21", "").bars.len()), (true, 24));
        assert_eq!(bars("2026-10-25", "2026-10-25").bars.len(), 25, "the clocks are set back");
        assert_eq!((bars("2026-11-20", "2026-11-21").hourly, bars("2026-11-20", "").bars.len()), (true, 48));
        assert_eq!((bars("2026-11-19", "2026-11-21").hourly, bars("2026-11-19", "").bars.len()), (false, 3));
        assert_eq!(bars("", "").bars.len(), 30);
        assert_eq!(bars("", "").bars.last().unwrap().until, Day::new(2026, 11, 21));
        assert_eq!(bars("2026-09-21", "2026-11-21").bars.len(), BARS_MAX);
        let years = bars("2020-11-21", "2026-11-21").bars;
        assert!(years.len() <= BARS_MAX && years.len() > BARS_MAX / 2, "{}", years.len());
        assert_eq!(years.last().unwrap().until, Day::new(2026, 11, 21));
        let all = bars("1970-01-01", "9998-12-31").bars;
        assert!(all.len() <= BARS_MAX && all.last().unwrap().until == Day::new(9998, 12, 31));
        for pair in years.windows(2) {
            assert_eq!(pair[0].end, pair[1].at);
        }
    }
}
