//! What watches over a Wardkey sees: figures that name nobody, and whether everything that a login needs works.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use wardkey_tests::{Client, Clinic, Reply, Wardkey, clinic};
use wire::{
    Endpoint, ProblemCode,
    health::GetHealth,
    monitoring::{CheckDeployment, CheckedPart, Checkup, GetMetrics},
    operator::OpenClinic,
    users::{PinRequest, SendPin, Unlock, UnlockRequest},
};
use xtask::{mailbox::Failure, metrics_key, operator::Operator};

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
