//! How soon the sign-in can be typed into and sent on a slow tablet with a slow line, next to the same form without any script.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::typing::SLOW_DOWN;
use crate::{
    assemble,
    browser::Chromedriver,
    edge::Ours,
    progress::Step,
    ratio::{Ratio, quantile, rounded},
    stand::Stand,
    tools::Tools,
    webdriver::Browser,
};

/// Rounds, each with everything in it once.
const ROUNDS: usize = 7;
/// The line: 1.6 megabits a second.
const LINE_BYTES_PER_SECOND: u32 = 200_000;
/// What every request waits for an answer, besides its bytes.
const LINE_LATENCY_MILLIS: u32 = 150;
/// Most until the first field takes keys, in the same of the form without a script.
const TYPEABLE_RATIO_MAX: f64 = 1.1;
/// Most until the app runs for whoever has never been here, in the same unit.
const FIRST_VISIT_RATIO_MAX: f64 = 2.2;
/// Most until it runs for whoever has.
const REPEAT_VISIT_RATIO_MAX: f64 = 1.3;
/// Most milliseconds that the browser may be busy without a break once the field takes keys, on a computer as fast as this one.
const TASK_MILLIS_MAX: f64 = 50.0;
/// Where the form without a script stands, and its style sheet.
const FLOOR: &str = "/floor";
const FLOOR_STYLE: &str = "/floor.css";
/// Notes how many milliseconds after the start of the navigation the frame is through in which the first field stands with the cursor in it, and
/// the one in which the app runs; how far things jump; and the longest task that a key may have to wait for.
const PROBE: &str = "(() => {\
        const seen = window.seen = { typeable: null, works: null, shift: 0 }, tasks = window.tasks = [];\
        const observe = (type, note) =>\
            new PerformanceObserver(list => list.getEntries().forEach(note)).observe({ type, buffered: true });\
        observe('layout-shift', ({ value }) => (seen.shift += value));\
        observe('longtask', ({ startTime, duration }) => tasks.push([startTime, duration]));\
        const mark = name => {\
            seen[name] = 0;\
            const after = new MessageChannel();\
            after.port1.onmessage = () => (seen[name] = performance.now());\
            after.port2.postMessage(0);\
        };\
        const look = () => {\
            const app = document.querySelector('#app'), field = app?.querySelector('input');\
            if (seen.typeable === null && field?.checkVisibility() && field === document.activeElement) mark('typeable');\
            if (seen.works === null && field && !app.hasAttribute('aria-busy')) mark('works');\
            if (seen.typeable === null || seen.works === null) requestAnimationFrame(look);\
        };\
        requestAnimationFrame(look);\
    })()";
/// Promises what was noted, a while after the app runs: what it has put off counts as well. Asked any more often, it would take time.
const SEEN: &str = "return new Promise(resolve => {\
        const tell = () => {\
            const after = tasks.filter(([start]) => start >= seen.typeable);\
            resolve({ ...seen, longest: Math.max(0, ...after.map(([, duration]) => duration)) });\
        };\
        const look = () => seen.typeable && seen.works ? setTimeout(tell, 1500) : setTimeout(look, 250);\
        look();\
    })";
/// Promises that the service worker keeps the files.
const KEPT: &str = "return navigator.serviceWorker.ready.then(() => null)";

/// The start of the app, in units of the form without a script that was opened beside it.
#[derive(Serialize)]
pub struct StartUp {
    /// So often.
    pub rounds: usize,
    /// Until the first field takes keys, for whoever has never been here.
    pub typeable: Ratio,
    /// The same for whoever has.
    pub typeable_again: Ratio,
    /// Until the app runs, for whoever has never been here.
    pub first_visit: Ratio,
    /// The same for whoever has.
    pub repeat_visit: Ratio,
    /// The longest task of both visits from then on, in milliseconds of the slow computer: a key waits for no other.
    pub longest_task_millis: Ratio,
    /// The most that anything jumped, in any visit: nothing may.
    pub layout_shift: f64,
    /// Milliseconds until the form without a script takes keys. They depend on the computer and judge nothing.
    pub floor_millis: f64,
}

impl StartUp {
    /// Whether all of it is within its bar.
    pub fn is_within_bars(&self) -> bool {
        let Self { typeable, first_visit, repeat_visit, longest_task_millis, layout_shift, .. } = self;
        let ratios = [typeable, first_visit, repeat_visit, longest_task_millis];
        ratios.iter().all(|ratio| ratio.is_within_bar()) && *layout_shift == 0.0
    }
}

/// What a visit showed.
#[derive(Clone, Copy, Deserialize)]
struct Visit {
    typeable: f64,
    works: f64,
    shift: f64,
    longest: f64,
}

/// Opens the form without a script and the app, seven times each, with new browsers.
pub fn measure(tools: &Tools) -> Result<StartUp> {
    let Floor { page, style } = floor(&assemble::site())?;
    let ours = [
        Ours { path: FLOOR, content_type: "text/html; charset=utf-8", text: &page },
        Ours { path: FLOOR_STYLE, content_type: "text/css; charset=utf-8", text: &style },
    ];
    let stand = Stand::start(tools, &ours)?;
    let driver = Chromedriver::start()?;
    let mut step = Step::start(&format!("{ROUNDS} starts on a slow tablet with a slow line"));
    let (mut floors, mut firsts, mut repeats) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        step.line(&format!("round {round}"));
        let origin = &stand.settings.public_origin;
        floors.push(visit(&slow(&driver)?, &format!("{origin}{FLOOR}"))?);
        let browser = slow(&driver)?;
        firsts.push(visit(&browser, origin)?);
        browser.execute::<()>(KEPT, &[])?;
        // As on the next morning: it has ended meanwhile.
        browser.devtools("ServiceWorker.enable", json!({}))?;
        browser.devtools("ServiceWorker.stopAllWorkers", json!({}))?;
        browser.go("about:blank")?;
        repeats.push(visit(&browser, origin)?);
    }
    step.done();
    Ok(start_up(&floors, &firsts, &repeats))
}

fn start_up(floors: &[Visit], firsts: &[Visit], repeats: &[Visit]) -> StartUp {
    let all = |visits: &[Visit], part: fn(&Visit) -> f64| visits.iter().map(part).collect::<Vec<_>>();
    let units = all(floors, |visit| visit.typeable);
    let ratio =
        |visits: &[Visit], part: fn(&Visit) -> f64, at_most| Ratio::new(&all(visits, part), &units, at_most);
    let longest: Vec<f64> =
        firsts.iter().zip(repeats).map(|(first, repeat)| first.longest.max(repeat.longest)).collect();
    StartUp {
        rounds: floors.len(),
        typeable: ratio(firsts, |visit| visit.typeable, Some(TYPEABLE_RATIO_MAX)),
        typeable_again: ratio(repeats, |visit| visit.typeable, None),
        first_visit: ratio(firsts, |visit| visit.works, Some(FIRST_VISIT_RATIO_MAX)),
        repeat_visit: ratio(repeats, |visit| visit.works, Some(REPEAT_VISIT_RATIO_MAX)),
        longest_task_millis: Ratio::of_millis(&longest, Some(TASK_MILLIS_MAX * SLOW_DOWN)),
        layout_shift: firsts.iter().chain(repeats).map(|visit| visit.shift).fold(0.0, f64::max),
        floor_millis: rounded(quantile(&units, 0.5)),
    }
}

/// A new browser on the slow tablet, which notes what it sees.
fn slow(driver: &Chromedriver) -> Result<Browser> {
    let browser = Browser::open(driver)?;
    let line = json!({
        "offline": false,
        "latency": LINE_LATENCY_MILLIS,
        "downloadThroughput": LINE_BYTES_PER_SECOND,
        "uploadThroughput": LINE_BYTES_PER_SECOND,
    });
    browser.devtools("Network.enable", json!({}))?;
    browser.devtools("Network.emulateNetworkConditions", line)?;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": SLOW_DOWN }))?;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": PROBE }))?;
    Ok(browser)
}

fn visit(browser: &Browser, url: &str) -> Result<Visit> {
    browser.go(url)?;
    browser.execute(SEEN, &[]).with_context(|| format!("{url} does not start"))
}

/// A page as it is mostly made: this form, its style sheet beside it, the cursor in the first field.
struct Floor {
    page: String,
    style: String,
}

fn floor(site: &Path) -> Result<Floor> {
    let page = site.join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("{} can't be read", page.display()))?;
    floor_of(&html).context("the page has no first form, or no style")
}

fn floor_of(html: &str) -> Option<Floor> {
    let (_, style) = html.split_once("<style>")?;
    let (style, _) = style.split_once("</style>")?;
    let (_, form) = html.split_once("<script type=\"text/html\" id=\"first-en\"")?;
    let (_, form) = form.split_once('>')?;
    let (form, _) = form.split_once("</script>")?;
    let form = form.replacen("<input", "<input autofocus", 1);
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Wardkey</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <link rel=\"stylesheet\" href=\"{FLOOR_STYLE}\"></head><body><div id=\"app\">{form}</div></body></html>"
    );
    Some(Floor { page, style: style.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_the_first_form_with_its_styles_and_no_script() {
        let page = "<link rel=\"modulepreload\" href=\"/a.js\"><style>a{left:0}</style></head>\
            <script type=\"text/html\" id=\"first-en\" lang=\"en\"><form><input id=\"a\"><input id=\"b\"></form></script>\
            <script type=\"text/html\" id=\"first-ru\"><form></form></script><script>boot()</script>";
        let Floor { page, style } = floor_of(page).expect("a floor");
        assert_eq!(style, "a{left:0}");
        assert!(page.contains("<link rel=\"stylesheet\" href=\"/floor.css\">"), "{page}");
        assert!(
            page.ends_with("<form><input autofocus id=\"a\"><input id=\"b\"></form></div></body></html>"),
            "{page}"
        );
        assert!(!page.contains("script") && !page.contains("preload"), "{page}");
        assert!(floor_of("<script type=\"text/html\" id=\"first-en\"><form></form></script>").is_none());
    }

    #[test]
    fn a_single_jump_misses_the_bar() {
        let visit = |typeable, works, shift| Visit { typeable, works, shift, longest: 60.0 };
        let floors = [visit(500.0, 500.0, 0.0); 3];
        let firsts = [visit(540.0, 1000.0, 0.0); 3];
        let repeats = [visit(100.0, 600.0, 0.0), visit(100.0, 600.0, 0.0), visit(100.0, 600.0, 0.0)];
        let good = start_up(&floors, &firsts, &repeats);
        assert_eq!(
            [good.typeable.median, good.first_visit.median, good.repeat_visit.median],
            [1.08, 2.0, 1.2]
        );
        assert!(good.is_within_bars());
        let jumped = [visit(100.0, 600.0, 0.0), visit(100.0, 600.0, 0.01), visit(100.0, 600.0, 0.0)];
        assert!(!start_up(&floors, &firsts, &jumped).is_within_bars());
    }
}
