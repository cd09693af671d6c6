//! `cargo xtask audit`: what is known to be wrong with the crates and packages that Wardkey is made, run and checked with. RustSec is
//! asked about `Cargo.lock`, npm's registry about each `package-lock.json`. Where one of them can't be reached, nobody has looked, and
//! that fails it as a finding does. What is excepted stands in `deny.toml`, with the reason.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    progress::{self, Step},
    root, tools,
};

const CARGO_LOCK: &str = "Cargo.lock";
const NPM_LOCK: &str = "package-lock.json";
const EXCEPTIONS: &str = "deny.toml";
/// A package that everybody knows to be bad since 2020. npm says "nothing found" of everything where it is told to stay offline, and
/// so do registries that only hand packages on: who finds nothing here, has not looked.
const KNOWN_BAD: (&str, &str) = ("minimist", "0.0.8");
/// From the worst on, as npm and RustSec call it.
const SEVERITIES: [&str; 10] = [
    "critical",
    "high",
    "vulnerability",
    "moderate",
    "low",
    "info",
    "unsound",
    "notice",
    "yanked",
    "unmaintained",
];

/// Why something is excepted, by the id of its advisory.
type Exceptions = BTreeMap<String, String>;

/// A list of what is used, and what came of asking about it.
struct Part {
    list: String,
    looked: Result<Looked>,
}

/// What was looked at, and what was found.
#[derive(Debug, PartialEq, Eq)]
struct Looked {
    at: String,
    findings: Vec<Finding>,
}

/// Something that is known to be wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    severity: String,
    id: String,
    package: String,
    title: String,
}

/// Asks about everything. Tells whether all of it was looked at, and nothing was found but what is excepted.
pub fn run() -> Result<bool> {
    progress::title("Asking what is known of the crates and packages of Wardkey");
    let exceptions = exceptions(&read(EXCEPTIONS)?)?;
    let locks = npm_locks()?;
    let mut parts = vec![asked(CARGO_LOCK, "RustSec", crates)];
    let sources = asked("a package that is known to be bad", "npm", npm_finds_what_is_bad);
    for lock in locks {
        let looked = match &sources.looked {
            Ok(_) => asked(&lock, "npm", || packages(root().join(&lock).parent().unwrap_or(root()))).looked,
            Err(error) => Err(anyhow!("{error:#}")),
        };
        parts.push(Part { list: lock, looked });
    }
    println!("\n{}", table(&parts, &exceptions));
    Ok(all_fine(&parts, &exceptions))
}

fn asked(list: &str, source: &str, ask: impl FnOnce() -> Result<Looked>) -> Part {
    let step = Step::start(&format!("Asking {source} about {list}"));
    let looked = ask();
    match looked {
        Ok(_) => step.done(),
        Err(_) => step.not_done(),
    }
    Part { list: list.to_owned(), looked }
}

fn read(file: &str) -> Result<String> {
    fs::read_to_string(root().join(file)).with_context(|| format!("{file} can't be read"))
}

#[derive(Deserialize)]
struct Deny {
    advisories: Advisories,
}

#[derive(Deserialize)]
struct Advisories {
    ignore: Vec<toml::Value>,
}

#[derive(Deserialize)]
struct Exception {
    id: Option<String>,
    reason: String,
}

/// The advisories that `deny.toml` excepts. What it excepts of crates that were yanked, cargo-deny leaves out by itself.
fn exceptions(deny: &str) -> Result<Exceptions> {
    let Deny { advisories } = toml::from_str(deny).context("deny.toml is not what we expect")?;
    let mut exceptions = Exceptions::new();
    for exception in advisories.ignore {
        let exception: Option<Exception> = exception.try_into().ok();
        let reasoned = exception.filter(|exception| !exception.reason.trim().is_empty());
        let Exception { id, reason } = reasoned.context("an exception in deny.toml has no reason")?;
        exceptions.extend(id.map(|id| (id, reason)));
    }
    Ok(exceptions)
}

/// A line that cargo-deny writes.
#[derive(Deserialize)]
#[serde(tag = "type", content = "fields", rename_all = "lowercase")]
enum Line {
    Diagnostic(Diagnostic),
    Log { level: String, message: String },
    Summary(IgnoredAny),
}

#[derive(Deserialize)]
struct Diagnostic {
    #[serde(default)]
    code: String,
    message: String,
    severity: String,
    advisory: Option<RustSec>,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct RustSec {
    id: String,
    informational: Option<String>,
}

#[derive(Deserialize)]
struct Label {
    span: String,
}

impl Diagnostic {
    fn finding(&self) -> Option<Finding> {
        let (id, severity) = match &self.advisory {
            Some(RustSec { id, informational }) => {
                (id.clone(), informational.as_deref().unwrap_or("vulnerability"))
            }
            None if self.code == "yanked" => ("yanked".to_owned(), "yanked"),
            None => return None,
        };
        // Name, version and registry.
        let span = self.labels.first().map(|label| label.span.as_str()).unwrap_or_default();
        let package = span.split(' ').take(2).collect::<Vec<_>>().join(" ");
        Some(Finding { severity: severity.to_owned(), id, package, title: self.message.clone() })
    }
}

/// Has cargo-deny hold every crate to RustSec's advisories, which it fetches anew.
fn crates() -> Result<Looked> {
    let mut deny = Command::new(tools::cargo_deny()?);
    // What is excepted is told at this level as well.
    deny.args(["--all-features", "--format=json", "--log-level=info"])
        .args(["check", "--hide-inclusion-graph", "--audit-compatible-output", "advisories"])
        .current_dir(root());
    let output = deny.output().context("cargo-deny could not be started")?;
    let [report, lines] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    crates_looked_at(&report, &lines, &read(CARGO_LOCK)?, output.status.success())
}

/// What cargo-deny's words come to: the report tells how many crates there were, the lines what it found.
fn crates_looked_at(report: &str, lines: &str, lock: &str, success: bool) -> Result<Looked> {
    #[derive(Deserialize)]
    struct Report {
        lockfile: Lockfile,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Lockfile {
        dependency_count: usize,
    }
    let mut findings = BTreeSet::new();
    let (mut whole, mut faults) = (false, Vec::new());
    for line in lines.lines().filter_map(|line| serde_json::from_str(line).ok()) {
        match line {
            Line::Summary(_) => whole = true,
            Line::Log { level, message } if level == "ERROR" => faults.push(cause(&message).to_owned()),
            Line::Log { .. } => {}
            Line::Diagnostic(diagnostic) => match diagnostic.finding() {
                Some(finding) => _ = findings.insert(finding),
                // Whether a crate was yanked stands in the registry's index.
                None if diagnostic.severity == "error" || diagnostic.code.starts_with("index") => {
                    faults.push(diagnostic.message);
                }
                None => {}
            },
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    ensure!(whole, "cargo-deny has not come to an end");
    ensure!(success || !findings.is_empty(), "cargo-deny says that something is wrong, but not what");
    let Report { lockfile } = serde_json::from_str(report).context("cargo-deny's report can't be read")?;
    let (ours, others) = lock_counts(lock)?;
    let looked_at = lockfile.dependency_count.saturating_sub(ours);
    ensure!(looked_at > 0, "cargo-deny has looked at no crate");
    let at = match others.saturating_sub(looked_at) {
        0 => format!("{looked_at} crates"),
        never => format!("{looked_at} crates; {never} more in the list are never compiled"),
    };
    Ok(Looked { at, findings: findings.into_iter().collect() })
}

/// Why it went wrong, from words of many lines.
fn cause(message: &str) -> &str {
    let fatal = message.lines().find_map(|line| line.strip_prefix("fatal: "));
    fatal.or_else(|| message.lines().next()).unwrap_or(message)
}

/// How many crates in the list are ours, and how many come from a registry.
fn lock_counts(lock: &str) -> Result<(usize, usize)> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        source: Option<IgnoredAny>,
    }
    let Lock { package } = toml::from_str(lock).context("Cargo.lock is not what we expect")?;
    let others = package.iter().filter(|package| package.source.is_some()).count();
    Ok((package.len() - others, others))
}

/// Each list of npm's packages that is committed.
fn npm_locks() -> Result<Vec<String>> {
    let mut git = Command::new("git");
    let output = git.args(["ls-files", &format!("*{NPM_LOCK}")]).current_dir(root()).output();
    let output = output.context("`git` could not be started")?;
    let locks: Vec<String> = String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect();
    ensure!(!locks.is_empty(), "git names no {NPM_LOCK}");
    Ok(locks)
}

#[derive(Deserialize)]
struct NpmReport {
    vulnerabilities: BTreeMap<String, Vulnerable>,
    metadata: NpmCounts,
}

#[derive(Deserialize)]
struct NpmCounts {
    vulnerabilities: Total,
    dependencies: Total,
}

#[derive(Deserialize)]
struct Total {
    total: usize,
}

#[derive(Deserialize)]
struct Vulnerable {
    via: Vec<Via>,
}

/// Why a package is bad: by itself, or through another one, of which the same is told.
#[derive(Deserialize)]
#[serde(untagged)]
enum Via {
    Itself { name: String, title: String, url: String, severity: String, range: String },
    Through(IgnoredAny),
}

/// What npm says instead of a report.
#[derive(Deserialize)]
struct NpmTrouble {
    message: Option<String>,
    error: Option<NpmError>,
}

#[derive(Deserialize)]
struct NpmError {
    summary: Option<String>,
}

/// Has npm ask its registry about the list in a folder.
fn packages(folder: &Path) -> Result<Looked> {
    let mut npm = Command::new("npm");
    // Whatever somebody has set for their own projects.
    npm.args(["audit", "--json", "--package-lock-only", "--offline=false", "--loglevel=silent"])
        .args(["--include=dev", "--include=optional", "--include=peer"])
        .current_dir(folder);
    packages_looked_at(&npm.output().context("`npm` could not be started")?.stdout)
}

/// What npm's words come to.
fn packages_looked_at(said: &[u8]) -> Result<Looked> {
    let Ok(NpmReport { vulnerabilities, metadata }) = serde_json::from_slice(said) else {
        let trouble: NpmTrouble = serde_json::from_slice(said).context("npm's report can't be read")?;
        let summary = trouble.error.and_then(|error| error.summary).filter(|summary| !summary.is_empty());
        bail!("{}", trouble.message.or(summary).unwrap_or_else(|| "npm does not say why".to_owned()));
    };
    let NpmCounts { dependencies: Total { total: looked_at }, vulnerabilities: Total { total: bad } } =
        metadata;
    let mut findings = BTreeSet::new();
    for via in vulnerabilities.into_values().flat_map(|vulnerable| vulnerable.via) {
        if let Via::Itself { name, title, url, severity, range } = via {
            let id = url.rsplit('/').next().unwrap_or(&url).to_owned();
            findings.insert(Finding { severity, id, package: format!("{name} {range}"), title });
        }
    }
    ensure!(looked_at > 0, "npm has looked at no package");
    ensure!(bad == 0 || !findings.is_empty(), "npm says that {bad} packages are bad, but not why");
    Ok(Looked { at: format!("{looked_at} packages"), findings: findings.into_iter().collect() })
}

/// Whether npm's registry knows of anything at all.
fn npm_finds_what_is_bad() -> Result<Looked> {
    let (name, version) = KNOWN_BAD;
    let folder = tempfile::tempdir()?;
    let manifest =
        serde_json::json!({ "name": "known-bad", "version": "0.0.0", "dependencies": { name: version } });
    let lock = serde_json::json!({
        "name": "known-bad",
        "version": "0.0.0",
        "lockfileVersion": 3,
        "packages": { "": manifest, format!("node_modules/{name}"): { "version": version } },
    });
    fs::write(folder.path().join("package.json"), manifest.to_string())?;
    fs::write(folder.path().join(NPM_LOCK), lock.to_string())?;
    let looked = packages(folder.path())?;
    ensure!(!looked.findings.is_empty(), "npm finds nothing wrong even with {name} {version}");
    Ok(looked)
}

impl Finding {
    /// Why it is excepted, where it is.
    fn excepted<'a>(&self, exceptions: &'a Exceptions) -> Option<&'a str> {
        exceptions.get(&self.id).map(String::as_str)
    }
}

impl Looked {
    /// How much was found of each severity.
    fn found(&self, exceptions: &Exceptions) -> String {
        let (excepted, open): (Vec<_>, Vec<_>) =
            self.findings.iter().partition(|finding| finding.excepted(exceptions).is_some());
        let mut counts: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        for Finding { severity, .. } in open {
            let gravity = SEVERITIES.iter().position(|known| known == severity).unwrap_or(0);
            *counts.entry((gravity, severity)).or_default() += 1;
        }
        let mut words: Vec<String> =
            counts.into_iter().map(|((_, severity), count)| format!("{count} {severity}")).collect();
        if !excepted.is_empty() {
            words.push(format!("{} excepted", excepted.len()));
        }
        if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
    }
}

/// Whether all of it was looked at, and nothing found but what is excepted.
fn all_fine(parts: &[Part], exceptions: &Exceptions) -> bool {
    let fine = |looked: &Looked| looked.findings.iter().all(|finding| finding.excepted(exceptions).is_some());
    parts.iter().all(|part| part.looked.as_ref().is_ok_and(fine))
}

/// What was looked at and what was found, each finding, and what is to be done.
fn table(parts: &[Part], exceptions: &Exceptions) -> String {
    let looked = || parts.iter().filter_map(|part| Some((&part.list, part.looked.as_ref().ok()?)));
    let list_width = parts.iter().map(|part| part.list.len()).max().unwrap_or_default();
    let at_width = looked().map(|(_, looked)| looked.at.len()).max().unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    for Part { list, looked } in parts {
        lines.push(match looked {
            Ok(looked) => {
                format!("  {list:list_width$}  {:at_width$}  {}", looked.at, looked.found(exceptions))
            }
            Err(error) => format!("✗ {list:list_width$}  not looked at here: {error:#}"),
        });
    }
    let found: Vec<_> =
        looked().flat_map(|(list, looked)| looked.findings.iter().map(move |found| (list, found))).collect();
    for (list, finding) in &found {
        let Finding { severity, id, package, title } = finding;
        lines.push(match finding.excepted(exceptions) {
            Some(reason) => format!("  {list}: {id}, {package}, {severity}: {title}. Excepted: {reason}"),
            None => format!("✗ {list}: {id}, {package}, {severity}: {title}"),
        });
    }
    if looked().count() < parts.len() {
        lines.push(format!(
            "  {} of {} lists were looked at. Try again where the network allows all of it.",
            looked().count(),
            parts.len()
        ));
    } else {
        let needless = exceptions.keys().filter(|id| found.iter().all(|(_, finding)| finding.id != **id));
        lines.extend(needless.map(|id| format!("  {id} is excepted in {EXCEPTIONS}, and nothing has it.")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"ours\"\n[[package]]\nname = \"a\"\nsource = \"r\"\n[[package]]\nname = \"b\"\nsource = \"r\"\n";
    const REPORT: &str = r#"{"lockfile":{"dependency-count":3},"vulnerabilities":[]}"#;
    const SUMMARY: &str =
        r#"{"fields":{"advisories":{"errors":0,"helps":0,"notes":0,"warnings":0}},"type":"summary"}"#;

    fn diagnostic(id: &str, informational: &str, severity: &str) -> String {
        format!(
            r#"{{"fields":{{"advisory":{{"id":"{id}","informational":{informational},"title":"Bad"}},"code":"vulnerability","labels":[{{"span":"a 1.2.3 registry+https://example.org"}}],"message":"Bad","severity":"{severity}"}},"type":"diagnostic"}}"#
        )
    }

    fn finding(severity: &str, id: &str, package: &str) -> Finding {
        let [severity, id, package, title] = [severity, id, package, "Bad"].map(str::to_owned);
        Finding { severity, id, package, title }
    }

    fn part(list: &str, findings: Vec<Finding>) -> Part {
        Part { list: list.to_owned(), looked: Ok(Looked { at: "3 crates".to_owned(), findings }) }
    }

    #[test]
    fn what_cargo_deny_finds_is_told_with_what_is_excepted() {
        let said = [
            diagnostic("RUSTSEC-2026-1", "null", "error"),
            diagnostic("RUSTSEC-2026-2", "\"unmaintained\"", "note"),
            r#"{"fields":{"code":"yanked","labels":[{"span":"b 2.0.0 registry"}],"message":"Bad","severity":"error"},"type":"diagnostic"}"#.to_owned(),
            r#"{"fields":{"code":"advisory-not-detected","labels":[],"message":"advisory was not encountered","severity":"warning"},"type":"diagnostic"}"#.to_owned(),
            r#"{"fields":{"level":"INFO","message":"gathered 3 crates"},"type":"log"}"#.to_owned(),
            SUMMARY.to_owned(),
        ];
        let looked = crates_looked_at(REPORT, &said.join("\n"), LOCK, false).unwrap();
        assert_eq!(looked.at, "2 crates");
        assert_eq!(
            looked.findings,
            [
                finding("unmaintained", "RUSTSEC-2026-2", "a 1.2.3"),
                finding("vulnerability", "RUSTSEC-2026-1", "a 1.2.3"),
                finding("yanked", "yanked", "b 2.0.0"),
            ]
        );
        let fewer = REPORT.replace('3', "2");
        let looked = crates_looked_at(&fewer, SUMMARY, LOCK, true).unwrap();
        assert_eq!(looked.at, "1 crates; 1 more in the list are never compiled");
    }

    #[test]
    fn cargo_deny_has_looked_only_where_it_came_to_an_end_and_says_what_is_wrong() {
        let not = |report: &str, lines: &str, success| {
            crates_looked_at(report, lines, LOCK, success).unwrap_err().to_string()
        };
        let unreachable = r#"{"fields":{"level":"ERROR","message":"failed to fetch [\"clone\"]\nCloning…\nfatal: unable to reach it\n"},"type":"log"}"#;
        assert_eq!(not("", unreachable, false), "unable to reach it");
        assert_eq!(not(REPORT, &format!("{unreachable}\n{SUMMARY}"), true), "unable to reach it");
        assert_eq!(not("", "", true), "cargo-deny has not come to an end");
        assert_eq!(not(REPORT, SUMMARY, false), "cargo-deny says that something is wrong, but not what");
        assert_eq!(not(&REPORT.replace('3', "1"), SUMMARY, true), "cargo-deny has looked at no crate");
        let index = r#"{"fields":{"code":"index-failure","message":"no index","severity":"warning"},"type":"diagnostic"}"#;
        assert_eq!(not(REPORT, &format!("{index}\n{SUMMARY}"), true), "no index");
    }

    #[test]
    fn what_npm_finds_is_told_once_for_each_advisory() {
        let said = r#"{"auditReportVersion":2,"vulnerabilities":{
            "a":{"name":"a","severity":"high","via":[{"source":1,"name":"a","title":"Bad","url":"https://example.org/GHSA-1","severity":"high","range":"<2.0.0"}]},
            "b":{"name":"b","severity":"high","via":["a"]},
            "c":{"name":"c","severity":"high","via":["b",{"source":1,"name":"a","title":"Bad","url":"https://example.org/GHSA-1","severity":"high","range":"<2.0.0"}]}},
            "metadata":{"vulnerabilities":{"high":3,"total":3},"dependencies":{"prod":9,"total":9}}}"#;
        let looked = packages_looked_at(said.as_bytes()).unwrap();
        assert_eq!(looked.at, "9 packages");
        assert_eq!(looked.findings, [finding("high", "GHSA-1", "a <2.0.0")]);
    }

    #[test]
    fn npm_has_looked_only_where_it_gives_a_report_of_packages() {
        let not = |said: &str| packages_looked_at(said.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            not(r#"{"message":"405 Method Not Allowed","error":{"summary":""}}"#),
            "405 Method Not Allowed"
        );
        assert_eq!(not(r#"{"error":{"code":"ENOLOCK","summary":"no list"}}"#), "no list");
        assert_eq!(not(r#"{"error":{}}"#), "npm does not say why");
        assert_eq!(not(""), "npm's report can't be read");
        let report = |bad, all| {
            format!(
                r#"{{"vulnerabilities":{{}},"metadata":{{"vulnerabilities":{{"total":{bad}}},"dependencies":{{"total":{all}}}}}}}"#
            )
        };
        assert_eq!(not(&report(2, 9)), "npm says that 2 packages are bad, but not why");
        assert_eq!(not(&report(0, 0)), "npm has looked at no package");
    }

    #[test]
    fn an_exception_has_a_reason() {
        let deny = |ignore: &str| exceptions(&format!("[advisories]\nignore = [{ignore}]"));
        let good = r#"{ id = "GHSA-1", reason = "It never runs." }, { crate = "b@2.0.0", reason = "Soon." }"#;
        assert_eq!(deny(good).unwrap(), [("GHSA-1".to_owned(), "It never runs.".to_owned())].into());
        for bad in [r#""RUSTSEC-2026-1""#, r#"{ id = "GHSA-1" }"#, r#"{ id = "GHSA-1", reason = " " }"#] {
            assert_eq!(
                deny(bad).unwrap_err().to_string(),
                "an exception in deny.toml has no reason",
                "{bad}"
            );
        }
        exceptions(&read(EXCEPTIONS).unwrap()).unwrap();
    }

    #[test]
    fn it_is_fine_where_all_was_looked_at_and_nothing_found_but_what_is_excepted() {
        let exceptions = [("RUSTSEC-2026-2".to_owned(), "It never runs.".to_owned())].into();
        let excepted = || finding("unmaintained", "RUSTSEC-2026-2", "a 1.2.3");
        let bad = || finding("vulnerability", "RUSTSEC-2026-1", "a 1.2.3");
        let blind = || Part { list: "far".to_owned(), looked: Err(anyhow!("no way")) };
        assert!(all_fine(&[part("a", vec![]), part("b", vec![excepted()])], &exceptions));
        assert!(!all_fine(&[part("a", vec![]), part("b", vec![excepted(), bad()])], &exceptions));
        assert!(!all_fine(&[part("a", vec![]), blind()], &exceptions));
        assert_eq!(
            table(&[part("near", vec![excepted(), bad()]), blind()], &exceptions),
            "  near  3 crates  1 vulnerability, 1 excepted\n\
             ✗ far   not looked at here: no way\n  \
             near: RUSTSEC-2026-2, a 1.2.3, unmaintained: Bad. Excepted: It never runs.\n\
             ✗ near: RUSTSEC-2026-1, a 1.2.3, vulnerability: Bad\n  \
             1 of 2 lists were looked at. Try again where the network allows all of it."
        );
        let needless = table(&[part("near", vec![])], &exceptions);
        assert!(
            needless.ends_with("RUSTSEC-2026-2 is excepted in deny.toml, and nothing has it."),
            "{needless}"
        );
    }

    #[test]
    fn each_list_of_packages_is_asked_about() {
        let locks = npm_locks().unwrap();
        assert!(locks.iter().any(|lock| lock == NPM_LOCK), "{locks:?}");
        assert!(locks.iter().any(|lock| lock == "xtask/wrangler/package-lock.json"), "{locks:?}");
    }
}
