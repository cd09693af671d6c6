//! The field for a time zone: it offers the zones that the browser knows, and shows what time it is there.

use std::time::Duration;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::JsCast;

use crate::{
    browser::repeatedly,
    components::{
        el::{El, el, group},
        field::Field,
        form::Form,
    },
    moment::{Calendar, now},
    signals::State,
    texts::{Speech, Text, t},
};

/// Between two looks at the clock.
const SECOND: Duration = Duration::from_secs(1);
/// The id of the list of zones.
const ZONES: &str = "zones";

/// The field.
pub fn time_zone_field(form: Form, label: Text, value: State<String>) -> El {
    let speech = Speech::here();
    let here = State::new(now());
    repeatedly(SECOND, move || here.set(now()));
    let there = move || {
        let zone = value.read();
        let calendar = Calendar::clock(speech.language(), &zone);
        (!zone.is_empty() && calendar.is_known())
            .then(|| speech.fill(t::settings::TIME_THERE, &[&calendar.write(here.get())]))
    };
    let field = Field::text("time_zone", label, value).list(ZONES).hint_of(el("p").child(there));
    let options: Vec<_> = zones().into_iter().map(|zone| el("option").set("value", zone)).collect();
    group().child(field.show(form)).child(el("datalist").set("id", ZONES).child(options))
}

/// The zones that the browser knows; none where it can't say.
fn zones() -> Vec<String> {
    let known = || {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let ask: Function = Reflect::get(&intl, &"supportedValuesOf".into()).ok()?.dyn_into().ok()?;
        ask.call1(&intl, &"timeZone".into()).ok()?.dyn_into::<Array>().ok()
    };
    known().map(|zones| zones.iter().filter_map(|zone| zone.as_string()).collect()).unwrap_or_default()
}
