//! What Lighthouse says of pages on a phone: of the sign-in, and of two that stand behind it.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::typing::sign_in;
use crate::{
    browser::Chromedriver,
    demo,
    progress::{self, Step},
    ratio::quantile,
    stand::Stand,
    tools::{self, Tools},
    webdriver::Browser,
};

/// Its word on speed depends on what else the computer does: the median of so many runs counts.
const RUNS: usize = 3;
/// The least that a page may score in speed, of a hundred.
const PERFORMANCE_MIN: f64 = 95.0;
/// The least that it may score in what does not depend on the computer.
const OTHERS_MIN: f64 = 100.0;
/// What is judged. Search engines are told to stay away, so that the fourth category finds nothing.
const CATEGORIES: &str = "--only-categories=performance,accessibility,best-practices";
/// Where whoever is not signed in arrives.
const SIGN_IN: &str = "/";
/// The pages.
const PAGES: [(&str, &str); 3] =
    [("the sign-in", SIGN_IN), ("users", "/clinic/users"), ("activities", "/management/activities")];

/// What was said of a page.
#[derive(Serialize)]
pub struct Verdict {
    /// The page.
    pub page: &'static str,
    /// How fast it is.
    pub performance: f64,
    /// Whether everybody can use it.
    pub accessibility: f64,
    /// Whether it keeps to what browsers advise.
    pub best_practices: f64,
    /// For how long keys and fingers would have waited, in milliseconds: most of what the first score hangs on.
    pub blocked_millis: f64,
    /// How fast this computer is by Lighthouse's own measure, which depends on what else it does; below 1,000 it warns that the scores suffer.
    pub benchmark_index: f64,
    /// What was found amiss, but for speed.
    pub findings: Vec<String>,
}

impl Verdict {
    /// Whether it is within its bars.
    pub fn is_within_bars(&self) -> bool {
        let Self { performance, accessibility, best_practices, .. } = self;
        *performance >= PERFORMANCE_MIN && *accessibility >= OTHERS_MIN && *best_practices >= OTHERS_MIN
    }
}

/// Lighthouse's own report, as far as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    categories: Categories,
    audits: serde_json::Map<String, serde_json::Value>,
    environment: Environment,
    runtime_error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    benchmark_index: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Categories {
    performance: Category,
    accessibility: Category,
    best_practices: Category,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Category {
    score: Option<f64>,
    audit_refs: Vec<AuditRef>,
}

#[derive(Deserialize)]
struct AuditRef {
    id: String,
    weight: f64,
}

/// Has every page judged, and keeps the reports in a folder.
pub fn run(tools: &Tools, folder: &Path) -> Result<Vec<Verdict>> {
    let program = tools::lighthouse()?;
    fs::create_dir_all(folder)?;
    let profile = TempDir::with_prefix("wardkey-bench-")?;
    let stand = Stand::start(tools, &[])?;
    let clinic = demo::open(stand.worker.address(), &stand.settings, &demo::harbour_street())?;
    let driver = Chromedriver::start()?;
    let origin = &stand.settings.public_origin;
    let signed_in = Browser::open(&driver)?;
    signed_in.go(origin)?;
    sign_in(&signed_in, &clinic)?;
    let mut step = Step::start("Having Lighthouse judge three pages");
    let mut verdicts = Vec::new();
    for (page, path) in PAGES {
        let mut reports = Vec::new();
        for run in 1..=RUNS {
            step.line(&format!("{page}, {run} of {RUNS}"));
            // Who signs in on a phone has often never been here.
            let new = if path == SIGN_IN { Some(Browser::open(&driver)?) } else { None };
            let port = new.as_ref().unwrap_or(&signed_in).port()?;
            let file = folder.join(format!("lighthouse{}-{run}.json", path.replace('/', "-")));
            let mut command = Command::new("node");
            command
                .arg(&program)
                .arg(format!("{origin}{path}"))
                .arg(format!("--port={port}"))
                .args(["--hostname=127.0.0.1", "--disable-storage-reset", "--quiet", "--output=json"])
                .args([CATEGORIES, "--max-wait-for-load=60000"])
                .arg(format!("--output-path={}", file.display()))
                .env("TMPDIR", profile.path());
            let said = command.output().context("`node` could not be started")?;
            let text = fs::read_to_string(&file).with_context(|| {
                format!("Lighthouse reports nothing: {}", String::from_utf8_lossy(&said.stderr))
            })?;
            let report: Report = serde_json::from_str(&text)?;
            if let Some(error) = &report.runtime_error {
                progress::note(&format!("{page}: {error}"));
            }
            reports.push(report);
        }
        verdicts.push(verdict(page, &reports));
    }
    step.done();
    Ok(verdicts)
}

fn verdict(page: &'static str, reports: &[Report]) -> Verdict {
    let score = |category: fn(&Categories) -> &Category| {
        let scores: Vec<f64> = reports
            .iter()
            .map(|report| (category(&report.categories).score.unwrap_or_default() * 100.0).round())
            .collect();
        quantile(&scores, 0.5)
    };
    let median = |part: fn(&Report) -> f64| quantile(&reports.iter().map(part).collect::<Vec<_>>(), 0.5);
    let mut findings: Vec<String> = reports.iter().flat_map(Report::findings).collect();
    findings.sort();
    findings.dedup();
    Verdict {
        page,
        performance: score(|categories| &categories.performance),
        accessibility: score(|categories| &categories.accessibility),
        best_practices: score(|categories| &categories.best_practices),
        blocked_millis: median(Report::blocked_millis).round(),
        benchmark_index: median(|report| report.environment.benchmark_index),
        findings,
    }
}

impl Report {
    fn blocked_millis(&self) -> f64 {
        let blocked = self.audits.get("total-blocking-time").and_then(|audit| audit.get("numericValue"));
        blocked.and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN)
    }

    /// The names of what lost a point, but for speed, which its score tells.
    fn findings(&self) -> Vec<String> {
        let Categories { accessibility, best_practices, .. } = &self.categories;
        let counted = [accessibility, best_practices].into_iter().flat_map(|category| &category.audit_refs);
        let lost = |id: &str| {
            let score = self.audits.get(id)?.get("score")?.as_f64()?;
            (score < 1.0).then_some(())
        };
        counted
            .filter(|audit| audit.weight > 0.0 && lost(&audit.id).is_some())
            .map(|audit| audit.id.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(performance: f64, contrast: f64) -> Report {
        let category =
            |score: f64, id: &str| json!({ "score": score, "auditRefs": [{ "id": id, "weight": 7 }] });
        let report = json!({
            "categories": {
                "performance": category(performance, "speed-index"),
                "accessibility": category(contrast, "color-contrast"),
                "best-practices": category(1.0, "errors-in-console"),
            },
            "environment": { "benchmarkIndex": 1500 },
            "audits": {
                "total-blocking-time": { "numericValue": 120.4 },
                "speed-index": { "score": performance },
                "color-contrast": { "score": contrast },
                "errors-in-console": { "score": 1 },
            },
        });
        serde_json::from_value(report).expect("a report")
    }

    #[test]
    fn the_median_counts_and_what_lost_a_point_is_named() {
        let verdict = verdict("a page", &[report(0.7, 1.0), report(0.97, 1.0), report(0.98, 1.0)]);
        assert_eq!([verdict.performance, verdict.blocked_millis], [97.0, 120.0]);
        assert!(verdict.is_within_bars() && verdict.findings.is_empty());

        let verdict = super::verdict("a page", &[report(1.0, 0.0)]);
        assert!(!verdict.is_within_bars());
        assert_eq!(verdict.findings, ["color-contrast"]);
    }
}
