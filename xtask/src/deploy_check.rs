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

/// Kilobytes (KiB) of the Worker after gzip. It is a bar of our own, since the platform counts it no more: less is there sooner.
const GZIP_KIB_MAX: f64 = 3_072.0;
/// Kilobytes (KiB) before gzip that the platform takes on every plan, since its changelog of 4 September 2026.
const UPLOAD_KIB_MAX: f64 = 64.0 * 1_024.0;
/// Milliseconds that it may take to start here, for whoever is about to deploy.
const START_MILLIS_MAX: f64 = 400.0;
/// Milliseconds that the platform lets it take, on a computer of its own.
pub const PLATFORM_START_MILLIS_MAX: f64 = 1_000.0;
/// Files of the site that a version may have on every plan, and bytes of one (MiB are 2^20).
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
/// Where all of that stands.
const WRANGLER_TOML: &str = "wrangler.toml";
/// What stands in it until somebody fills it in.
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
    /// It can't be told from here.
    Unseen,
    /// It would not.
    Bad,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { place, what, found, verdict } = self;
        let mark = match verdict {
            Verdict::Good => '✓',
            Verdict::ToFillIn => '…',
            Verdict::Unseen => '·',
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
    findings.push(start_up(START_MILLIS_MAX)?);
    step.done();
    println!();
    findings.iter().for_each(|finding| progress::note(&finding.to_string()));
    progress::note(&format!(
        "Whether the secrets are there only the platform knows: `npx wrangler@{} secret list --env PLACE`.",
        wrangler::version()?
    ));
    Ok(findings.iter().all(|finding| finding.verdict == Verdict::Good))
}

/// The same without the start, which takes what time it takes.
pub fn look(tools: &Tools, only: Option<&str>) -> Result<Vec<Finding>> {
    assemble::all(tools)?;
    let packer = tools::packer()?;
    let wrangler = wrangler::read()?;
    let mut findings =
        vec![migrations(&wrangler.migrations, root()), site(&assemble::site())?, headers(&assemble::site())?];
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
fn migrations(now: &[Migration], checkout: &Path) -> Finding {
    let what = "migrations of objects";
    match history(checkout) {
        Ok(versions) => shared(what, grown(now, &versions)),
        Err(unseen) => Finding { verdict: Verdict::Unseen, ..shared(what, Err(unseen)) },
    }
}

/// Whether each version of before is a beginning of the one of now.
fn grown(now: &[Migration], versions: &[(String, Vec<Migration>)]) -> Result<String, String> {
    if let Some((commit, _)) = versions.iter().find(|(_, before)| !now.starts_with(before)) {
        return Err(format!("commit {commit} had others, or in another order"));
    }
    let tags: Vec<&str> = now.iter().map(|migration| migration.tag.as_str()).collect();
    Ok(format!("{}, each where it was in {} versions of wrangler.toml", tags.join(", "), versions.len()))
}

/// The migrations of each commit that changed wrangler.toml, or why not all of them can be seen.
fn history(checkout: &Path) -> Result<Vec<(String, Vec<Migration>)>, String> {
    let ask = |arguments: &[&str]| git(checkout, arguments);
    let unseen = |why: String| format!("nobody can tell whether the list has only grown: {why}");
    if ask(&["rev-parse", "--is-shallow-repository"]).map_err(unseen)?.trim() != "false" {
        return Err(unseen(
            "this clone has a part of the history; `git fetch --unshallow` gets the rest".into(),
        ));
    }
    let commits = ask(&["log", "--format=%H", "--", WRANGLER_TOML]).map_err(unseen)?;
    if commits.is_empty() {
        return Err(unseen("no commit here has a wrangler.toml".into()));
    }
    let version = |commit: &str| {
        let text = ask(&["show", &format!("{commit}:./{WRANGLER_TOML}")])?;
        let Before { migrations } =
            toml::from_str(&text).map_err(|_| format!("commit {commit} has one that can't be read"))?;
        Ok((commit.to_owned(), migrations))
    };
    commits.lines().map(version).collect::<Result<_, String>>().map_err(unseen)
}

/// What git answers, or why it doesn't.
fn git(checkout: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    // A hook of git's is told of its own repository, and would be answered for that one.
    let output = command.args(arguments).current_dir(checkout).env_remove("GIT_DIR").output();
    let output = output.map_err(|error| format!("git could not be started ({error})"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git says {:?}", said.lines().next().unwrap_or_default()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
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

/// Has the platform's own program pack it, with the secrets in a file, as the first deployment must have them.
fn packed(packer: &Packer, place: &str) -> Result<Result<String, String>> {
    let folder = TempDir::with_prefix("wardkey-deploy-")?;
    let secrets = folder.path().join("secrets.json");
    let written: serde_json::Value = SECRETS.map(|name| (name, "none")).into_iter().collect();
    fs::write(&secrets, written.to_string())?;
    let mut command = packer.command();
    command.args(["deploy", "--dry-run", "--env", place, "--secrets-file"]).arg(secrets);
    command.arg("--outdir").arg(folder.path().join("packed"));
    let output = command.current_dir(root()).output().context("wrangler could not be started")?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Ok(Err(said));
    }
    // "Total Upload: 4106.66 KiB / gzip: 1255.38 KiB"
    let kib = |before: &str| {
        let number = said.split(before).nth(1).and_then(|rest| rest.split(' ').next()?.parse::<f64>().ok());
        number.with_context(|| format!("wrangler did not say how much it is:\n{said}"))
    };
    let (upload, gzip) = (kib("Total Upload: ")?, kib("gzip: ")?);
    let unbound: Vec<String> = ["CLINICS", "SUPPORT", "ASSETS", RATE_LIMIT]
        .into_iter()
        .chain(VARIABLES)
        .chain(SECRETS)
        .filter(|name| !said.contains(&format!("env.{name} ")))
        .map(str::to_owned)
        .collect();
    let found = format!(
        "{gzip:.0} KiB after gzip, where we allow {GZIP_KIB_MAX:.0}; {upload:.0} before, of {UPLOAD_KIB_MAX:.0}"
    );
    Ok(match (unbound.is_empty(), gzip <= GZIP_KIB_MAX && upload <= UPLOAD_KIB_MAX) {
        (true, true) => Ok(found),
        (true, false) => Err(found),
        (false, _) => Err(format!("not bound: {}", unbound.join(", "))),
    })
}

/// How long it takes to start, here, once it is built.
pub fn start_up(millis_max: f64) -> Result<Finding> {
    let folder = TempDir::with_prefix("wardkey-deploy-")?;
    let mut command = tools::packer()?.command();
    command.args(["check", "startup", "--outfile"]).arg(folder.path().join("start.cpuprofile"));
    let output = command.current_dir(root()).output().context("wrangler could not be started")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let millis = said.split("Active: ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<f64>().ok());
    let millis = millis.with_context(|| format!("wrangler did not say how long it takes:\n{said}"))?;
    let found = format!(
        "{millis:.0} ms of a processor here, of {millis_max:.0}; the platform gives it {PLATFORM_START_MILLIS_MAX:.0} of its own"
    );
    Ok(shared("start", if millis <= millis_max { Ok(found) } else { Err(found) }))
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

    const FIRST: &str = "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"ClinicObject\"]\n";
    const SECOND: &str = "[[migrations]]\ntag = \"v2\"\nnew_sqlite_classes = [\"SupportDeskObject\"]\n";

    fn listed(text: &str) -> Vec<Migration> {
        toml::from_str::<Before>(text).expect("a list").migrations
    }

    /// A repository whose commits had these, one after the other.
    fn checkout(versions: &[&str]) -> TempDir {
        let folder = TempDir::new().expect("a folder");
        let git = |arguments: &[&str]| git(folder.path(), arguments).expect("git");
        git(&["init", "--quiet"]);
        for version in versions {
            fs::write(folder.path().join(WRANGLER_TOML), version).expect("a file");
            git(&["add", WRANGLER_TOML]);
            git(&["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "-m", "a"]);
        }
        folder
    }

    fn verdict(now: &str, checkout: &Path) -> Verdict {
        migrations(&listed(now), checkout).verdict
    }

    #[test]
    fn a_list_of_migrations_may_grow_and_nothing_else() {
        let both = format!("{FIRST}{SECOND}");
        let checkout = checkout(&["", FIRST, &both]);
        let grown = migrations(&listed(&both), checkout.path());
        assert_eq!(grown.verdict, Verdict::Good, "{grown}");
        assert!(grown.found.contains("v1, v2") && grown.found.contains("in 3 versions"), "{grown}");
        let renamed = format!("{FIRST}{SECOND}renamed_classes = [{{ from = \"A\", to = \"B\" }}]\n");
        for other in [format!("{SECOND}{FIRST}"), FIRST.to_owned(), SECOND.to_owned(), renamed] {
            assert_eq!(verdict(&other, checkout.path()), Verdict::Bad, "{other}");
        }
    }

    #[test]
    fn where_not_all_versions_are_seen_nothing_is_called_good() {
        let nowhere = TempDir::new().expect("a folder");
        let never = checkout(&[]);
        let broken = checkout(&[FIRST, "[[migrations"]);
        for folder in [&nowhere, &never, &broken] {
            let finding = migrations(&listed(FIRST), folder.path());
            assert_eq!(finding.verdict, Verdict::Unseen, "{finding}");
        }
        let (whole, part) = (checkout(&[SECOND, FIRST]), TempDir::new().expect("a folder"));
        assert_eq!(verdict(FIRST, whole.path()), Verdict::Bad);
        let from = format!("file://{}", whole.path().display());
        git(part.path(), &["clone", "--quiet", "--depth", "1", &from, "."]).expect("a clone");
        let finding = migrations(&listed(FIRST), part.path());
        assert!(finding.verdict == Verdict::Unseen && finding.found.contains("--unshallow"), "{finding}");
    }
}
