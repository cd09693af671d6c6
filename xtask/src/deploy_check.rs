//! `cargo xtask deploy-check`: whether a deployment to Cloudflare would go well, told before anything is sent, and without a network.

use std::{collections::BTreeSet, fmt, fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::{
    assemble,
    mail_provider::MailProvider,
    progress::{self, Step},
    root,
    tools::{self, Packer, Tools},
    wrangler::{self, DurableObject, Migration, Place, Wrangler},
};

/// Kilobytes (KiB) of the Worker after gzip that every plan takes; the paid one takes ten thousand.
const UPLOAD_KIB_MAX: f64 = 3_072.0;
/// Milliseconds that it may take to start here. The platform lets it take 1,000, on a computer of its own.
const START_MILLIS_MAX: f64 = 400.0;
/// Files of the site that a version may have, and bytes of one (MiB are 2^20).
const FILES_MAX: usize = 20_000;
const FILE_BYTES_MAX: u64 = 25 << 20;
/// Secrets that the Worker does not start without.
const SECRETS: [&str; 2] = ["SECRET_KEY", "MAIL_API_KEY"];
/// Variables that it does not start without.
const VARIABLES: [&str; 3] = ["MAIL_FROM", "MAIL_API_URL", "PUBLIC_ORIGIN"];
/// What limits the tries at step 1.
const RATE_LIMIT: &str = "STEP_1";
/// Headers that each file of the site must come with.
const HEADERS: [&str; 5] = [
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Strict-Transport-Security",
];
/// What stands in wrangler.toml until somebody fills it in.
const PLACEHOLDER: &str = "example.org";

/// What was looked at, and what was found.
#[derive(Debug)]
pub struct Finding {
    /// The place's name; empty for what all share.
    pub place: String,
    /// What was looked at.
    pub what: &'static str,
    /// What was found, in a few words.
    pub found: String,
    /// Whether it would go well.
    pub verdict: Verdict,
}

/// Whether it would go well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It would.
    Good,
    /// Somebody has to fill something in first.
    ToFillIn,
    /// It would not.
    Bad,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { place, what, found, verdict } = self;
        let mark = match verdict {
            Verdict::Good => '✓',
            Verdict::ToFillIn => '…',
            Verdict::Bad => '✗',
        };
        write!(f, "{mark} {place:<10} {what}: {found}")
    }
}

/// Looks at one place of wrangler.toml, or at all. Tells whether each would go well.
pub fn run(place: Option<&str>) -> Result<bool> {
    progress::title("Looking whether a deployment would go well");
    let tools = tools::for_building()?;
    let mut findings = look(&tools, place)?;
    let step = Step::start("Starting the Worker as the platform does");
    findings.push(start_up(&tools::packer()?)?);
    step.done();
    println!();
    findings.iter().for_each(|finding| progress::note(&finding.to_string()));
    progress::note(
        "Whether the secrets are there only the platform knows: `wrangler secret list --env PLACE`.",
    );
    Ok(findings.iter().all(|finding| finding.verdict == Verdict::Good))
}

/// The same without the start, which takes what time it takes.
pub fn look(tools: &Tools, only: Option<&str>) -> Result<Vec<Finding>> {
    assemble::all(tools)?;
    let packer = tools::packer()?;
    let wrangler = wrangler::read()?;
    let mut findings =
        vec![migrations(&wrangler.migrations)?, site(&assemble::site())?, headers(&assemble::site())?];
    let places = wrangler.env.iter().filter(|(name, _)| only.is_none_or(|only| only == name.as_str()));
    let mut looked_at = 0;
    for (name, place) in places {
        looked_at += 1;
        let step = Step::start(&format!("Packing for {name}, as a deployment would"));
        let about = |what, found| Finding { place: name.clone(), ..shared(what, found) };
        findings.push(about("objects", objects(&wrangler, place)));
        findings.push(about("secrets", secrets(place)));
        findings.push(about("addresses", addresses(place)));
        findings.push(about("mails", mails(place)));
        findings.push(about("tries at step 1", rate_limit(place)));
        findings.push(about("upload", packed(&packer, name)?));
        let blanks = blanks(place);
        if !blanks.is_empty() {
            let found = format!("still to be filled in: {}", blanks.join(", "));
            findings.push(Finding {
                place: name.clone(),
                what: "wrangler.toml",
                found,
                verdict: Verdict::ToFillIn,
            });
        }
        step.done();
    }
    if looked_at == 0 {
        bail!("wrangler.toml has no place \"{}\"", only.unwrap_or_default());
    }
    Ok(findings)
}

/// What all places share.
fn shared(what: &'static str, found: Result<String, String>) -> Finding {
    let (found, verdict) = match found {
        Ok(found) => (found, Verdict::Good),
        Err(found) => (found, Verdict::Bad),
    };
    Finding { place: String::new(), what, found, verdict }
}

/// A class that was once deployed keeps its place in the list: no commit may have had another beginning of it.
fn migrations(now: &[Migration]) -> Result<Finding> {
    let git = |arguments: &[&str]| -> Result<String> {
        let output = Command::new("git").args(arguments).current_dir(root()).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let commits = git(&["log", "--format=%H", "--", "wrangler.toml"])?;
    let mut looked_at = 0;
    for commit in commits.lines() {
        let text = git(&["show", &format!("{commit}:wrangler.toml")])?;
        let Ok(before) = toml::from_str::<Before>(&text) else { continue };
        looked_at += 1;
        if !now.starts_with(&before.migrations) {
            let found = format!("commit {commit} had others, or in another order");
            return Ok(shared("migrations of objects", Err(found)));
        }
    }
    let tags: Vec<&str> = now.iter().map(|migration| migration.tag.as_str()).collect();
    let found = format!("{}, each where it was in {looked_at} versions of wrangler.toml", tags.join(", "));
    Ok(shared("migrations of objects", Ok(found)))
}

/// What is read of a wrangler.toml of before.
#[derive(Deserialize)]
struct Before {
    #[serde(default)]
    migrations: Vec<Migration>,
}

fn site(folder: &Path) -> Result<Finding> {
    let (mut files, mut largest) = (0, 0);
    for entry in WalkDir::new(folder).into_iter().filter(|entry| match entry {
        Ok(entry) => entry.file_type().is_file(),
        Err(_) => true,
    }) {
        files += 1;
        largest = largest.max(entry?.metadata()?.len());
    }
    let found = format!("{files} files, the largest of {} kB", largest / 1_000);
    let fits = (1..=FILES_MAX).contains(&files) && largest <= FILE_BYTES_MAX;
    Ok(shared("site", if fits { Ok(found) } else { Err(found) }))
}

/// The headers of every page, as the platform reads them.
fn headers(folder: &Path) -> Result<Finding> {
    let text = fs::read_to_string(folder.join("_headers")).context("the site has no headers")?;
    let of_all = text.split("\n\n").next().unwrap_or_default();
    let missing: Vec<&str> =
        HEADERS.into_iter().filter(|name| !of_all.contains(&format!("  {name}: "))).collect();
    let policy = of_all.lines().find(|line| line.contains("Content-Security-Policy")).unwrap_or_default();
    // A brace is a place that the build has not filled in.
    let loose = ["'unsafe-inline'", "'unsafe-eval'", "{"].into_iter().find(|word| policy.contains(word));
    let found = match (missing.is_empty(), loose) {
        (true, None) => Ok(format!("all {}, and a strict policy", HEADERS.len())),
        (false, _) => Err(format!("missing: {}", missing.join(", "))),
        (true, Some(word)) => Err(format!("the policy has {word}")),
    };
    Ok(shared("headers of pages", found))
}

/// Bindings are not inherited: each place must have all of them.
fn objects(wrangler: &Wrangler, place: &Place) -> Result<String, String> {
    let names = |objects: &[DurableObject]| {
        objects
            .iter()
            .map(|object| format!("{} ({})", object.name, object.class_name))
            .collect::<BTreeSet<_>>()
    };
    let here = names(&place.durable_objects.bindings);
    let founded: BTreeSet<&str> =
        wrangler.migrations.iter().flat_map(|one| &one.new_sqlite_classes).map(String::as_str).collect();
    let made =
        place.durable_objects.bindings.iter().all(|object| founded.contains(object.class_name.as_str()));
    match here == names(&wrangler.durable_objects.bindings) && made {
        true => Ok(here.into_iter().collect::<Vec<_>>().join(", ")),
        false => Err(format!("not those of everywhere, or of no migration: {here:?}")),
    }
}

fn secrets(place: &Place) -> Result<String, String> {
    let asked_for: BTreeSet<&str> = place.secrets.required.iter().map(String::as_str).collect();
    let missing: Vec<&str> = SECRETS.into_iter().filter(|name| !asked_for.contains(name)).collect();
    let in_clear: Vec<&str> = SECRETS.into_iter().filter(|name| place.vars.contains_key(*name)).collect();
    match (missing.is_empty(), in_clear.is_empty()) {
        (true, true) => Ok(format!("a deployment without {} is refused", SECRETS.join(" or "))),
        (_, false) => Err(format!("{} stands in the file for everybody to read", in_clear.join(", "))),
        (false, true) => Err(format!("not asked for: {}", missing.join(", "))),
    }
}

/// People open it where the links lead, over TLS, and nowhere else.
fn addresses(place: &Place) -> Result<String, String> {
    let missing: Vec<&str> = VARIABLES.into_iter().filter(|name| !place.vars.contains_key(*name)).collect();
    if !missing.is_empty() {
        return Err(format!("not set: {}", missing.join(", ")));
    }
    let origin = place.vars.get("PUBLIC_ORIGIN").map(String::as_str).unwrap_or_default();
    let Some(host) = origin.strip_prefix("https://") else {
        return Err(format!("PUBLIC_ORIGIN is {origin}, without TLS"));
    };
    let routed = place.routes.iter().any(|route| route.pattern == host && route.custom_domain);
    match routed && !place.workers_dev && !place.preview_urls {
        true => Ok(format!("links lead to {origin}, and people come in there alone")),
        false => Err(format!("links lead to {origin}, and people come in elsewhere, or there as well")),
    }
}

/// Who delivers mails, and whether it is somebody whom the Worker knows, asked over TLS.
fn mails(place: &Place) -> Result<String, String> {
    let var = |name: &str| place.vars.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let provider = match var("MAIL_PROVIDER").map(MailProvider::of_name) {
        None => MailProvider::default(),
        Some(Ok(provider)) => provider,
        Some(Err(error)) => return Err(error.to_string()),
    };
    let url = provider.check(var("MAIL_API_URL").unwrap_or_default()).map_err(|error| error.to_string())?;
    // STARTTLS is as good: where a server has a name, the Worker says nothing before it.
    if url.scheme() == "http" {
        return Err(format!("MAIL_API_URL is {url}, without TLS"));
    }
    Ok(format!("{} at {}", provider.name(), url.host_str().unwrap_or_default()))
}

fn rate_limit(place: &Place) -> Result<String, String> {
    match place.ratelimits.iter().find(|limit| limit.name == RATE_LIMIT) {
        Some(limit) => Ok(format!("{} in {} s from a network", limit.simple.limit, limit.simple.period)),
        None => Err(format!("{RATE_LIMIT} is not bound")),
    }
}

/// What a newcomer has to write into wrangler.toml.
fn blanks(place: &Place) -> Vec<&str> {
    let has_blank = |(_, value): &(&String, &String)| value.contains(PLACEHOLDER);
    place.vars.iter().filter(has_blank).map(|(name, _)| name.as_str()).collect()
}

/// Has the platform's own program pack it.
fn packed(packer: &Packer, place: &str) -> Result<Result<String, String>> {
    let folder = TempDir::with_prefix("wardkey-deploy-")?;
    let mut command = packer.command();
    command.args(["deploy", "--dry-run", "--env", place, "--outdir"]).arg(folder.path());
    let output = command.current_dir(root()).output().context("wrangler could not be started")?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Ok(Err(said));
    }
    // "Total Upload: 4106.66 KiB / gzip: 1255.38 KiB"
    let gzip = said.split("gzip: ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<f64>().ok());
    let gzip = gzip.with_context(|| format!("wrangler did not say how much it is:\n{said}"))?;
    let unbound: Vec<String> = ["env.CLINICS", "env.SUPPORT", "env.ASSETS", "env.STEP_1"]
        .into_iter()
        .chain(VARIABLES)
        .filter(|name| !said.contains(name))
        .map(str::to_owned)
        .collect();
    let found = format!("{gzip:.0} KiB after gzip, of {UPLOAD_KIB_MAX:.0}");
    Ok(match (unbound.is_empty(), gzip <= UPLOAD_KIB_MAX) {
        (true, true) => Ok(found),
        (true, false) => Err(found),
        (false, _) => Err(format!("not bound: {}", unbound.join(", "))),
    })
}

/// How long it takes to start, here.
fn start_up(packer: &Packer) -> Result<Finding> {
    let folder = TempDir::with_prefix("wardkey-deploy-")?;
    let mut command = packer.command();
    command.args(["check", "startup", "--outfile"]).arg(folder.path().join("start.cpuprofile"));
    let output = command.current_dir(root()).output().context("wrangler could not be started")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let millis = said.split("Active: ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<f64>().ok());
    let millis = millis.with_context(|| format!("wrangler did not say how long it takes:\n{said}"))?;
    let found = format!("{millis:.0} ms of a processor here; the platform gives it 1,000 of its own");
    Ok(shared("start", if millis <= START_MILLIS_MAX { Ok(found) } else { Err(found) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        toml::from_str(text).expect("a place")
    }

    const GOOD: &str = r#"
        workers_dev = false
        preview_urls = false
        routes = [{ pattern = "wardkey.clinic.example", custom_domain = true }]
        ratelimits = [{ name = "STEP_1", namespace_id = "1", simple = { limit = 60, period = 60 } }]
        [vars]
        MAIL_FROM = "a@b.example"
        MAIL_API_URL = "https://mail.example"
        PUBLIC_ORIGIN = "https://wardkey.clinic.example"
        [secrets]
        required = ["SECRET_KEY", "MAIL_API_KEY"]
        [[durable_objects.bindings]]
        name = "CLINICS"
        class_name = "ClinicObject"
    "#;

    #[test]
    fn a_place_that_is_filled_in_is_good() {
        let good = place(GOOD);
        assert!(secrets(&good).is_ok() && addresses(&good).is_ok() && rate_limit(&good).is_ok());
        assert_eq!(mails(&good), Ok("resend at mail.example".to_owned()));
        assert!(blanks(&good).is_empty());
    }

    #[test]
    fn what_would_go_wrong_is_found() {
        let with = |from: &str, to: &str| place(&GOOD.replace(from, to));
        assert!(secrets(&with(r#"required = ["SECRET_KEY", "#, "required = [")).is_err());
        assert!(secrets(&with("[vars]", "[vars]\nSECRET_KEY = \"x\"")).is_err());
        assert!(addresses(&with("https://wardkey", "http://wardkey")).is_err());
        assert!(addresses(&with("pattern = \"wardkey", "pattern = \"elsewhere")).is_err());
        assert!(addresses(&with("workers_dev = false", "workers_dev = true")).is_err());
        assert!(addresses(&with("MAIL_FROM", "MAIL_TO")).is_err());
        assert!(rate_limit(&with("STEP_1", "STEP_2")).is_err());
        assert!(mails(&with("https://mail.example", "http://mail.example")).is_err());
        assert!(mails(&with("[vars]", "[vars]\nMAIL_PROVIDER = \"sendgrid\"")).is_err());
        assert!(mails(&with("[vars]", "[vars]\nMAIL_PROVIDER = \"postmark\"")).is_ok());
        assert!(mails(&with("[vars]", "[vars]\nMAIL_PROVIDER = \"smtp\"")).is_err());
        let smtp = "MAIL_PROVIDER = \"smtp\"\n        MAIL_API_URL = \"smtps://u@mail.example\"";
        assert!(mails(&with("MAIL_API_URL = \"https://mail.example\"", smtp)).is_ok());
        let told = mails(&with("MAIL_API_URL = \"https://mail.example\"", &smtp.replace("u@", "u:pass@")));
        assert!(told.is_err_and(|told| told.contains("MAIL_API_KEY") && !told.contains("pass@")));
        assert_eq!(blanks(&with("a@b.example", "a@example.org")), ["MAIL_FROM"]);
    }
}
