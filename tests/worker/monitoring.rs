//! What watches over a Wardkey sees: figures that name nobody, and whether everything that a login needs works.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use tempfile::TempDir;
use wardkey_tests::{Client, Clinic, Home, Reply, Wardkey, clinic};
use wire::{
    Endpoint, ProblemCode,
    health::GetHealth,
    monitoring::{CheckDeployment, CheckedPart, Checkup, GetMetrics},
    operator::OpenClinic,
    users::{PinRequest, SendPin, Unlock, UnlockRequest},
};
use xtask::{debian, demo, mailbox::Failure, metrics_key, operator::Operator, root};

use crate::{acts, routes};

/// How long a figure may take to be there that an alarm brings.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Wardkey with what watches over it.
struct Watch<'a> {
    wardkey: &'a Wardkey,
    client: Client,
    key: String,
}

impl<'a> Watch<'a> {
    fn over(wardkey: &'a Wardkey) -> Result<Self> {
        let key = metrics_key::of(&wardkey.settings().secret_key_bytes()?)?;
        Ok(Self { wardkey, client: Client::new(wardkey.origin())?, key: format!("Bearer {key}") })
    }

    async fn get(&self, path: &str, authorization: &str) -> Result<Reply> {
        self.client.send(Method::GET, path, &[("authorization", authorization)], None).await
    }

    async fn text(&self) -> Result<String> {
        let reply = self.get(GetMetrics::PATH, &self.key).await?;
        ensure!(reply.status == 200, "{reply:?}");
        ensure!(reply.header("content-type") == "text/plain; version=0.0.4; charset=utf-8", "{reply:?}");
        Ok(reply.text)
    }

    async fn figures(&self) -> Result<Figures> {
        Figures::read(&self.text().await?)
    }

    async fn check(&self) -> Result<(u16, Checkup)> {
        let reply = self.get(CheckDeployment::PATH, &self.key).await?;
        let secrets = [self.wardkey.settings().secret_key.as_str(), &self.wardkey.settings().mail_api_key];
        ensure!(!secrets.iter().any(|secret| reply.text.contains(secret)), "{reply:?}");
        Ok((reply.status, serde_json::from_str(&reply.text)?))
    }
}

/// The figures by their names with labels, as Prometheus would store them.
struct Figures(BTreeMap<String, f64>);

impl Figures {
    /// Reads the text as its description has it: each line a comment or a sample, of a family that was announced with a type and a help.
    fn read(text: &str) -> Result<Self> {
        let (mut figures, mut families) = (BTreeMap::new(), BTreeMap::new());
        ensure!(text.ends_with('\n'), "the last line has no end");
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').context("a type")?;
                ensure!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                ensure!(families.insert(name.to_owned(), kind.to_owned()).is_none(), "twice: {line}");
                continue;
            }
            if let Some(help) = line.strip_prefix("# HELP ") {
                ensure!(help.split_once(' ').is_some_and(|(_, help)| !help.is_empty()), "{line}");
                continue;
            }
            let (series, value) = line.rsplit_once(' ').with_context(|| format!("no sample: {line}"))?;
            let name = series.split('{').next().unwrap_or_default();
            let family = |suffix: &str| name.strip_suffix(suffix).and_then(|name| families.get(name));
            let histogram = ["_bucket", "_sum", "_count"].iter().any(|end| family(end).is_some());
            ensure!(histogram || families.contains_key(name), "not announced: {line}");
            let value: f64 = value.parse().with_context(|| line.to_owned())?;
            ensure!(figures.insert(series.to_owned(), value).is_none(), "twice: {line}");
        }
        Ok(Self(figures))
    }

    fn of(&self, series: &str) -> f64 {
        self.0.get(&format!("wardkey_{series}")).copied().unwrap_or(0.0)
    }
}

#[tokio::test]
async fn what_happens_is_counted_and_names_nobody() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let watch = Watch::over(&wardkey)?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let reception = clinic.at("Reception 1").await?;
    let before = watch.figures().await?;

    acts::lock(&reception, "hughes").await?;
    let refusal = Client::new(wardkey.origin())?.authorize_computer("nobody-1", "wrong").await;
    ensure!(refusal.is_err());
    let id = acts::account(&owner, "hughes").await?;
    owner.call::<SendPin>(&PinRequest { id: id.clone() }).await?;
    let mail = clinic.mail(&clinic.user("whitfield")?.email, "User Account Unlock").await?;
    owner.call::<Unlock>(&UnlockRequest { id, pin: clinic::pin(&mail)? }).await?;

    let figures = watch.figures().await?;
    for (series, expected) in [
        ("activities_total{action=\"login_failed\"}", 5.0),
        ("activities_total{action=\"account_locked\"}", 1.0),
        ("activities_total{action=\"pin_sent\"}", 1.0),
        ("activities_total{action=\"account_unlocked\"}", 1.0),
        ("sign_in_attempts_total{step=\"3\",outcome=\"login_wrong\"}", 4.0),
        ("sign_in_attempts_total{step=\"3\",outcome=\"account_locked\"}", 1.0),
        ("sign_in_attempts_total{step=\"1\",outcome=\"username_malformed\"}", 1.0),
        ("problems_total{code=\"login_wrong\"}", 4.0),
        ("requests_total{route=\"sign-in\",status=\"4xx\"}", 6.0),
        ("problems_total{code=\"internal\"}", 0.0),
    ] {
        let more = figures.of(series) - before.of(series);
        ensure!(more == expected, "{series}: {more} and not {expected}");
    }
    for (series, least) in [
        ("sign_in_attempts_total{step=\"1\",outcome=\"passed\"}", 2.0),
        ("sign_in_attempts_total{step=\"2\",outcome=\"passed\"}", 2.0),
        ("sign_in_attempts_total{step=\"3\",outcome=\"passed\"}", 1.0),
        ("object_answer_seconds_count{object=\"clinic\"}", 20.0),
        ("object_answer_seconds_bucket{object=\"clinic\",le=\"+Inf\"}", 20.0),
    ] {
        ensure!(figures.of(series) >= least, "{series}: {}", figures.of(series));
    }

    // Nobody's name, and no clinic's.
    let text = watch.text().await?;
    let people = clinic.opened.users.iter().flat_map(|user| [&user.login, &user.email, &user.password]);
    let computers = clinic.opened.computers.iter().flat_map(|one| [&one.label, &one.username]);
    for secret in people.chain(computers).chain([&clinic.opened.code, &clinic.opened.name]) {
        ensure!(!text.contains(secret.as_str()), "{secret} stands in\n{text}");
    }
    Ok(())
}

#[tokio::test]
async fn mails_that_wait_are_told_of_until_they_leave() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let watch = Watch::over(&wardkey)?;
    let clinic = Clinic::open(&wardkey)?;
    let reception = clinic.at("Reception 1").await?;
    until(&watch, "the first mails are gone", |now| now.of("mails_total{outcome=\"sent\"}") > 0.0).await?;
    let sent = watch.figures().await?.of("mails_total{outcome=\"sent\"}");
    wardkey.mailbox().fail_next([Failure::Status(500), Failure::Status(500), Failure::Status(422)]);
    acts::lock(&reception, "hughes").await?;
    until(&watch, "they wait", |now| now.of("oldest_mail_wait_seconds") >= 1.0).await?;
    until(&watch, "they have left", |now| {
        let count = |outcome: &str| now.of(&format!("mails_total{{outcome=\"{outcome}\"}}"));
        now.of("oldest_mail_wait_seconds") == 0.0
            && (count("put_off"), count("failed"), count("sent")) == (2.0, 1.0, sent + 2.0)
    })
    .await
}

async fn until(watch: &Watch<'_>, what: &str, holds: impl Fn(&Figures) -> bool) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !holds(&watch.figures().await?) {
        if Instant::now() > deadline {
            bail!("not {what}:\n{}", watch.text().await?);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

#[tokio::test]
async fn the_key_for_looking_opens_nothing_else() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let watch = Watch::over(wardkey)?;
    let operator = Operator::new(wardkey.origin(), &wardkey.settings().secret_key_bytes()?)?.authorization();
    for path in [GetMetrics::PATH, CheckDeployment::PATH] {
        for key in [&watch.key, &operator] {
            ensure!(watch.get(path, key).await?.status == 200, "{path}");
        }
        for wrong in
            ["", "Bearer ", "Bearer wrong", &operator[..operator.len() - 1], &operator["Bearer ".len()..]]
        {
            let reply = watch.get(path, wrong).await?;
            ensure!(
                reply.status == 404 && reply.problem()?.code == ProblemCode::NotFound,
                "{wrong}: {reply:?}"
            );
        }
    }
    let headers = [("content-type", "application/json"), ("authorization", watch.key.as_str())];
    let reply = routes::post(&watch.client, OpenClinic::PATH, &headers, "{}").await?;
    ensure!(reply.status == 404, "it opens clinics: {reply:?}");
    Ok(())
}

#[tokio::test]
async fn the_check_tries_what_a_login_needs_and_says_what_is_broken() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let watch = Watch::over(&wardkey)?;
    // Twice: the second one reads what the first has written.
    for _ in 0..2 {
        let (status, checkup) = watch.check().await?;
        ensure!((status, checkup.ok) == (200, true), "{checkup:?}");
        let parts: Vec<CheckedPart> = checkup.checks.iter().map(|check| check.part).collect();
        let all = [
            CheckedPart::Variables,
            CheckedPart::Object,
            CheckedPart::Hash,
            CheckedPart::Mails,
            CheckedPart::Clock,
        ];
        ensure!(parts == all, "{parts:?}");
        let hash = checkup.checks.iter().find(|check| check.part == CheckedPart::Hash).context("no hash")?;
        ensure!((5..10_000).contains(&hash.millis), "a hash of 19 MiB takes its time: {hash:?}");
    }

    let deaf = Wardkey::with_mail_api("http://127.0.0.1:9".to_owned())?;
    let watch = Watch::over(&deaf)?;
    let (status, checkup) = watch.check().await?;
    ensure!((status, checkup.ok) == (503, false), "{checkup:?}");
    for check in &checkup.checks {
        let why = (check.part == CheckedPart::Mails).then(|| "nothing answers".to_owned());
        ensure!((check.ok, &check.why) == (why.is_none(), &why), "{check:?}");
    }
    // Whoever only asks whether it is up hears that it is.
    watch.client.call::<GetHealth>(&wire::Empty {}).await.map(drop)
}

/// Prometheus's own program judges what it would read: the text of a running home, the site and the alerts that it brings, and what of
/// them must and must not wake somebody.
#[tokio::test]
async fn prometheus_takes_the_figures_and_the_alerts() -> Result<()> {
    let mut home = Home::write()?;
    home.start_worker()?;
    demo::open(home.worker_address(), &home.settings()?, &demo::harbour_street())?;
    let key = metrics_key::of(&home.settings()?.secret_key_bytes()?)?;
    let folder = TempDir::with_prefix("wardkey-prometheus-")?;
    let beside = |name: &str| folder.path().join(name);
    for name in ["prometheus.yml", "alerts.yml"] {
        fs::copy(home.folder().join("current").join(name), beside(name))?;
    }
    fs::write(beside("wardkey.key"), &key)?;
    fs::copy(root().join("tests/worker/alerts_test.yml"), beside("alerts_test.yml"))?;

    // Asked as that file says.
    let site = fs::read_to_string(beside("prometheus.yml"))?;
    ensure!(site.contains(&format!("\"{}\"", home.worker_address())), "{site}");
    ensure!(site.contains(&format!("metrics_path: {}\n", GetMetrics::PATH)), "{site}");
    let url = format!("http://{}{}", home.worker_address(), GetMetrics::PATH);
    let text =
        reqwest::Client::new().get(url).bearer_auth(&key).send().await?.error_for_status()?.text().await?;
    fs::write(beside("metrics"), &text)?;

    let promtool = debian::promtool()?;
    for arguments in [
        &["check", "config", "prometheus.yml"][..],
        &["check", "rules", "alerts.yml"],
        &["test", "rules", "alerts_test.yml"],
        &["check", "metrics"],
    ] {
        let mut judge = Command::new(&promtool);
        judge.args(arguments).current_dir(folder.path()).stdin(fs::File::open(beside("metrics"))?);
        let output = judge.output()?;
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{arguments:?}: {said}");
    }

    // No alert waits for a figure that is never there; steps and routes come with their first request.
    let alerts = fs::read_to_string(beside("alerts.yml"))?;
    let named = alerts.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let figures: BTreeSet<&str> = named.filter(|word| word.starts_with("wardkey_")).collect();
    ensure!(figures.len() >= 7, "{figures:?}");
    for figure in figures {
        ensure!(text.contains(&format!("\n{figure}")), "{figure} is nowhere");
    }
    for quoted in alerts.split('"').skip(1).step_by(2).filter(|text| !text.contains(' ')) {
        for value in quoted.split('|').filter(|value| !["wardkey", "clinic", "1"].contains(value)) {
            let known = text.contains(&format!("=\"{value}\""));
            ensure!(known, "{value} is nowhere");
        }
    }
    Ok(())
}

/// Says each row that the platform's Analytics Engine would be given, and gives that to the program beside its other bindings.
const ENGINE: &str = "const counted = env => ({ ...env, METRICS: { writeDataPoint: row => console.log(`row ${JSON.stringify(row)}`) } });\n";

#[tokio::test]
async fn where_the_platform_counts_it_is_told_the_same() -> Result<()> {
    let mut home = Home::write()?;
    let file = home.folder().join("current/worker/index.js");
    let program = fs::read_to_string(&file)?;
    let given = [
        ("new Rust(this.ctx, this.env)", "new Rust(this.ctx, counted(this.env))"),
        ("wasm.fetch(request, env, ctx)", "wasm.fetch(request, counted(env), ctx)"),
    ];
    ensure!(given.iter().all(|(is, _)| program.contains(is)), "the program begins in another way");
    let program = given.iter().fold(program, |program, (is, becomes)| program.replace(is, becomes));
    fs::write(&file, program + ENGINE)?;
    home.start_worker()?;
    let opened = demo::open(home.worker_address(), &home.settings()?, &demo::harbour_street())?;
    let rows = [
        r#"row {"indexes":["activity"],"doubles":[1],"blobs":["clinic_opened",""]}"#,
        r#"row {"indexes":["request"],"doubles":[200],"blobs":["/api/operator/clinics",""]}"#,
    ];
    let deadline = Instant::now() + PATIENCE;
    while !rows.iter().all(|row| home.log().contains(row)) {
        ensure!(Instant::now() < deadline, "{}", home.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = home.log();
    ensure!(log.contains(r#"row {"indexes":["answer"],"doubles":["#), "{log}");
    ensure!(!log.contains(&opened.code) && !log.contains(&opened.name), "a clinic is named: {log}");
    Ok(())
}
