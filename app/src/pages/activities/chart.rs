//! The failed logins over time, as bars: a bar that is pressed becomes the period. Each bar also says its number in words.

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

/// Heights that a bar can have. The page's security policy lets no number be written as a style.
const HEIGHTS: [&str; 11] = [
    "fill h0", "fill h1", "fill h2", "fill h3", "fill h4", "fill h5", "fill h6", "fill h7", "fill h8",
    "fill h9", "fill h10",
];

/// The chart, once it has been read.
pub fn chart(filter: Filter, chart: State<Option<FailureChart>>) -> El {
    let read = derived(move || chart.read().is_some());
    // A bar that stays what it is keeps the focus.
    let each = move || chart.read().as_ref().map(|chart| bars(filter, chart)).unwrap_or_default();
    let caption = move || chart.read().as_ref().map(caption);
    let figure =
        move || el("figure").child(el("ol").class("bars").child(lines(each))).child(group().child(caption));
    panel("failures", None, t::activities::FAILED_LOGINS)
        .class("panel failures")
        .child(move || read.get().then(figure))
}

fn bars(filter: Filter, chart: &FailureChart) -> Vec<Line> {
    let speech = Speech::here();
    let zone = SessionStore::here().time_zone();
    let (language, days) = (speech.language(), Calendar::days(speech.language(), &zone));
    let moments = if chart.hourly { Calendar::new(language, &zone) } else { days.clone() };
    let most = chart.bars.iter().map(|bar| bar.failures).max().unwrap_or(0);
    let draw = |bar: &FailureBar| {
        let mut when = moments.write(bar.at);
        if bar.from != bar.until {
            when = speech.fill(t::activities::PERIOD, &[&when, &days.write(bar.end.plus_millis(-1))]);
        }
        let words = speech.fill(t::activities::BAR, &[&when, &counted(bar.failures)]);
        let height = (bar.failures * 10).div_ceil(most.max(1)) as usize;
        let (bar, hourly) = (bar.clone(), chart.hourly);
        Line {
            key: format!("{}{height}{words}", bar.at.0),
            draw: Box::new(move || el("li").child(one_bar(filter, &bar, hourly, height, words))),
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
        .child(el("span").child(counted(sum)))
        .child(el("span").set("aria-hidden", "true").child(last))
}

fn counted(failures: u32) -> String {
    Speech::here().fill(t::activities::FAILURES, &[&failures.to_string()])
}

/// A bar. One that holds nothing, or that is as narrow as a period can be, leads nowhere.
fn one_bar(filter: Filter, bar: &FailureBar, hourly: bool, height: usize, words: String) -> El {
    let fill = el("span").class(HEIGHTS.get(height).copied().unwrap_or_default());
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
    column
        .set("title", words.clone())
        .class("column")
        .child(fill)
        .child(el("span").class("unseen").child(words))
}
