//! Moments in the clinic's time zone, by the browser's own calendar.

use std::cell::RefCell;

use js_sys::{Date, Function, Intl, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wire::Timestamp;

use crate::texts::Tongue;

/// The parts of a time of day.
const TIME: [(&str, &str); 4] =
    [("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit"), ("hourCycle", "h23")];
/// The parts of a moment.
const DATE_AND_TIME: [(&str, &str); 8] = [
    ("year", "numeric"),
    ("month", "short"),
    ("day", "numeric"),
    ("hour", "2-digit"),
    ("minute", "2-digit"),
    ("second", "2-digit"),
    ("hourCycle", "h23"),
    ("timeZoneName", "shortOffset"),
];

/// Writes moments in one language and one time zone.
#[derive(Clone)]
pub struct Calendar(Option<Function>);

impl Calendar {
    /// To the second, with the offset shown.
    pub fn new(language: Tongue, time_zone: &str) -> Self {
        Self(formatter(language.locale(), time_zone, &DATE_AND_TIME))
    }

    /// The day alone.
    pub fn days(language: Tongue, time_zone: &str) -> Self {
        Self(formatter(language.locale(), time_zone, DATE_AND_TIME.split_at(3).0))
    }

    /// The time of day alone, to the second.
    pub fn clock(language: Tongue, time_zone: &str) -> Self {
        Self(formatter(language.locale(), time_zone, &TIME))
    }

    /// Whether the browser knows the zone.
    pub fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// The moment as people read it; as machines do where the browser has no such zone.
    pub fn write(&self, at: Timestamp) -> String {
        let written = self.0.as_ref().and_then(|format| format.call1(&JsValue::NULL, &date(at)).ok());
        written.and_then(|text| text.as_string()).unwrap_or_else(|| iso(at))
    }
}

/// The moment by the clock of this device.
pub fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "a moment stays far below 2^53 milliseconds")]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the app reads the device's clock"
    )]
    Timestamp(Date::now() as i64)
}

/// The time zone of this device.
pub fn own_zone() -> Option<String> {
    let options = Intl::DateTimeFormat::default().resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// The moment for `<time datetime>`.
pub fn iso(at: Timestamp) -> String {
    date(at).to_iso_string().into()
}

fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "a moment stays far below 2^53 milliseconds")]
    let millis = at.0 as f64;
    Date::new(&JsValue::from_f64(millis))
}

thread_local! {
    /// What was made so far, by language, zone and number of parts: making one takes the browser as long as writing a page with it.
    static FORMATTERS: RefCell<Vec<(String, Function)>> = const { RefCell::new(Vec::new()) };
}

fn formatter(locale: &str, time_zone: &str, parts: &[(&str, &str)]) -> Option<Function> {
    let key = format!("{locale} {time_zone} {}", parts.len());
    let known =
        |made: &Vec<(String, Function)>| made.iter().find(|(of, _)| *of == key).map(|(_, made)| made.clone());
    if let Some(known) = FORMATTERS.with_borrow(known) {
        return Some(known);
    }
    let made = new_formatter(locale, time_zone, parts)?;
    FORMATTERS.with_borrow_mut(|all| all.push((key, made.clone())));
    Some(made)
}

fn new_formatter(locale: &str, time_zone: &str, parts: &[(&str, &str)]) -> Option<Function> {
    let options = Object::new();
    for (name, value) in parts.iter().chain(&[("timeZone", time_zone)]) {
        Reflect::set(&options, &(*name).into(), &(*value).into()).ok()?;
    }
    // The constructor throws on a zone that the browser does not know, so it is called where that can be caught.
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let constructor: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let arguments = js_sys::Array::of2(&JsString::from(locale), &options);
    let made = Reflect::construct(&constructor, &arguments).ok()?;
    Some(made.unchecked_into::<Intl::DateTimeFormat>().format())
}
