//! The failed logins over time, as bars: a bar that is pressed becomes the period. Each bar also says its number in words.
//!
//! The bars are one drawing, which says their sum. What is pressed, and says its own number, lies over it.

use leptos::{prelude::*, tachys::html::InertElement};
use wire::activities::{FailureBar, FailureChart};

use super::filter::Filter;
use crate::{
    browser::focus_soon,
    components::{
        el::{El, Line, el, group, lines},
        panel::panel,
    },
    moment::Calendar,
    session::SessionStore,
    signals::{State, derived},
    texts::{Speech, t},
};

/// Units of the drawing: so wide is a bar with the gap beside it, and so high is the highest.
const STEP: usize = 10;
const HEIGHT: u32 = 100;
/// So high is the lowest: one failure in a thousand is to be seen.
const HEIGHT_MIN: u32 = 4;
/// What names the drawing: the title of the panel, and the sum below.
const NAMED_BY: &str = "failures failures-sum";

/// The chart, once it has been read.
pub fn chart(filter: Filter, chart: State<Option<FailureChart>>) -> El {
    let read = derived(move || chart.read().is_some());
    // A bar that stays what it is keeps the focus.
    let each = move || chart.read().as_ref().map(|chart| bars(filter, chart)).unwrap_or_default();
    let caption = move || chart.read().as_ref().map(caption);
    let drawing = move || chart.read().as_ref().map(drawing);
    let figure = move || {
        let bars = el("div").class("bars").child(group().child(drawing)).child(el("ol").child(lines(each)));
        el("figure").child(bars).child(group().child(caption))
    };
    panel("failures", None, t::activities::FAILED_LOGINS)
        .class("panel failures")
        .child(move || read.get().then(figure))
}

/// All bars as one path. The page's security policy lets no height be written as a style.
fn drawing(chart: &FailureChart) -> AnyView {
    let most = most(chart);
    let mut path = String::new();
    for (place, bar) in chart.bars.iter().enumerate().filter(|(_, bar)| bar.failures > 0) {
        let height = (bar.failures * HEIGHT / most).max(HEIGHT_MIN);
        path.push_str(&format!("M{} {HEIGHT}v-{height}h{}v{height}z", place * STEP + 1, STEP - 2));
    }
    let width = chart.bars.len() * STEP;
    InertElement::new(format!(
        r#"<svg role="img" aria-labelledby="{NAMED_BY}" viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none"><path d="{path}"/></svg>"#
    ))
    .into_any()
}

fn most(chart: &FailureChart) -> u32 {
    chart.bars.iter().map(|bar| bar.failures).max().unwrap_or(0).max(1)
}

fn bars(filter: Filter, chart: &FailureChart) -> Vec<Line> {
    let speech = Speech::here();
    let zone = SessionStore::here().time_zone();
    let (language, days) = (speech.language(), Calendar::days(speech.language(), &zone));
    let moments = if chart.hourly { Calendar::new(language, &zone) } else { days.clone() };
    let draw = |bar: &FailureBar| {
        let mut when = moments.write(bar.at);
        if bar.from != bar.until {
            when = speech.fill(t::activities::PERIOD, &[&when, &days.write(bar.end.plus_millis(-1))]);
        }
        let words = speech.fill(t::activities::BAR, &[&when, &counted(bar.failures)]);
        let (bar, hourly) = (bar.clone(), chart.hourly);
        Line {
            key: format!("{}{words}", bar.at.0),
            draw: Box::new(move || el("li").child(one_bar(filter, &bar, hourly, words))),
        }
    };
    chart.bars.iter().map(draw).collect()
}

fn caption(chart: &FailureChart) -> El {
    let days = Calendar::days(Speech::here().language(), &SessionStore::here().time_zone());
    let ends = chart.bars.first().zip(chart.bars.last());
    let ends = ends.map(|(first, last)| [days.write(first.at), days.write(last.end.plus_millis(-1))]);
    let [first, last] = ends.unwrap_or_default();
    let sum = chart.bars.iter().map(|bar| bar.failures).sum();
    el("figcaption")
        .class("hint")
        .child(el("span").set("aria-hidden", "true").child(first))
        .child(el("span").set("id", "failures-sum").child(counted(sum)))
        .child(el("span").set("aria-hidden", "true").child(last))
}

fn counted(failures: u32) -> String {
    Speech::here().fill(t::activities::FAILURES, &[&failures.to_string()])
}

/// A bar. One that holds nothing, or that is as narrow as a period can be, leads nowhere.
fn one_bar(filter: Filter, bar: &FailureBar, hourly: bool, words: String) -> El {
    let column = match hourly || bar.failures == 0 {
        true => el("span"),
        false => {
            let (from, until) = (bar.from.to_string(), bar.until.to_string());
            el("button").set("type", "button").on_press(move || {
                filter.from.set(from.clone());
                filter.until.set(until.clone());
                // The bar is another one now.
                focus_soon("failures");
            })
        }
    };
    column.set("title", words.clone()).class("column").child(el("span").class("unseen").child(words))
}
