//! The log as a file over HTTP: whole and in order while it grows, for owners alone, and nothing that a browser would run.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::json;
use wardkey_tests::{Client, Clinic, Reply, Wardkey};
use wire::{
    Empty, Endpoint, ProblemCode,
    activities::{Action, ExportActivities, ExportFormat},
    log_end::End,
    log_file::{FileVerifier, Verdict},
    signed::{GetLogKey, LogKey},
};
use xtask::log_key;

use crate::{acts, routes};

/// More lines than the object gives at a time.
const MANY: usize = 2_050;
/// So many are asked for at a time.
const AT_ONCE: usize = 25;

pub async fn export(client: &Client, wish: serde_json::Value) -> Result<Reply> {
    let headers = [("content-type", "application/json"), ("origin", client.origin())];
    let reply = routes::post(client, ExportActivities::PATH, &headers, &wish.to_string()).await?;
    Ok(reply)
}

/// What the end of a file says that is whole and signed with the key that this Wardkey tells.
pub async fn proven(client: &Client, file: &str) -> Result<End> {
    let told = client.call::<GetLogKey>(&Empty {}).await?.key;
    let key: LogKey = told.parse().ok().context("no key")?;
    let mut verifier = FileVerifier::default();
    // What is wrong is remembered.
    let _ = verifier.take(file.as_bytes());
    match verifier.finish().judged(Some(key)) {
        Verdict::Proven(end) => Ok(end.statement),
        other => bail!("{other:?}"),
    }
}

#[tokio::test]
async fn a_long_log_is_exported_whole_while_it_grows() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let door = clinic.at("Ward 1").await?;
    // Each file is noted, however little it holds.
    for _ in 0..MANY.div_ceil(AT_ONCE) {
        let files =
            (0..AT_ONCE).map(|_| export(&owner, json!({ "format": "csv", "actions": "policy_changed" })));
        futures_util::future::try_join_all(files).await?;
    }
    let over = AtomicBool::new(false);
    let growing = async {
        let mut lines = 0;
        while !over.load(Ordering::Relaxed) {
            ensure!(door.try_password("nobody", "wrong").await?.is_err());
            lines += 1;
        }
        Ok(lines)
    };
    let exporting = async {
        let file = export(&owner, json!({ "format": "jsonl" })).await;
        over.store(true, Ordering::Relaxed);
        file
    };
    let (file, grown): (Result<Reply>, Result<u32>) = tokio::join!(exporting, growing);
    let (file, grown) = (file?, grown?);
    ensure!(file.status == 200 && grown > 0, "{} {grown}", file.status);
    ensure!(file.header("content-type") == ExportFormat::Jsonl.media_type());
    ensure!(file.header("cache-control") == "no-store");
    ensure!(file.header("x-content-type-options") == "nosniff");
    let disposition = file.header("content-disposition");
    ensure!(disposition.starts_with("attachment; filename=\"wardkey-log-2"), "{disposition}");
    ensure!(disposition.ends_with(".jsonl\""), "{disposition}");
    let said = proven(&owner, &file.text).await?;
    ensure!(said.lines > MANY as u64, "only {said:?}");
    let username = &clinic.opened.computers.first().context("no computers")?.username;
    ensure!(username.starts_with(said.clinic.as_str()), "{username}: {said:?}");
    let own = file.text.lines().rev().nth(1).context("no lines")?;
    ensure!(own.contains(r#""action":"log_exported""#), "it does not end with itself: {own}");
    Ok(())
}

#[tokio::test]
async fn anybody_learns_the_key_that_the_secret_key_makes() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let stranger = Client::new(wardkey.origin())?;
    let told = stranger.call::<GetLogKey>(&Empty {}).await?.key;
    let ours = log_key::of(&wardkey.settings().secret_key_bytes()?)?;
    ensure!(told == ours.to_string(), "{told}, not {ours}");
    Ok(())
}

#[tokio::test]
async fn a_table_holds_what_is_found() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let reply =
        export(&owner, json!({ "format": "csv", "actions": "login_failed", "words": "recept" })).await?;
    ensure!(reply.status == 200, "{reply:?}");
    ensure!(reply.header("content-type") == ExportFormat::Csv.media_type());
    let text = reply.text.trim_start_matches('\u{feff}');
    ensure!(text.starts_with("\"seq\",\"at\",\"action\","), "{text}");
    ensure!(text.matches("\"login_failed\"").count() == 5 && text.lines().count() == 6, "{text}");
    let log = acts::log(&owner).await?;
    let line = log.first().context("no log")?;
    ensure!(line.action == Action::LogExported);
    let noted: Vec<&str> = line.changes.iter().map(|change| change.new.as_str()).collect();
    ensure!(noted == ["csv", "actions=login_failed&words=recept"], "{noted:?}");
    Ok(())
}

#[tokio::test]
async fn nobody_but_an_owner_exports_and_a_refusal_notes_nothing() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let before = acts::log(&owner).await?.len();
    for (seat, login) in [("Reception 2", "reid"), ("Ward 1", "hughes"), ("Ward 2", "sys_harbour")] {
        let door = clinic.signed_in(seat, clinic.user(login)?).await?;
        for format in ExportFormat::ALL {
            let reply = export(&door, json!({ "format": format })).await?;
            ensure!(reply.status == 403 && reply.problem()?.code == ProblemCode::NotAllowed, "{reply:?}");
        }
    }
    for (wish, status, field) in [
        (json!({}), 400, None),
        (json!({ "format": "xlsx" }), 400, None),
        (json!({ "format": "csv", "limit": 1 }), 400, None),
        (json!({ "format": "csv", "from": "yesterday" }), 422, Some("from")),
        (json!({ "format": "csv", "actions": "nothing" }), 404, Some("actions")),
        (json!({ "format": "csv", "user": "nobody" }), 404, None),
    ] {
        let reply = export(&owner, wish.clone()).await?;
        ensure!(reply.status == status && reply.problem()?.field.as_deref() == field, "{wish}: {reply:?}");
    }
    // A link on another site's page asks for nothing.
    ensure!(owner.send(Method::GET, ExportActivities::PATH, &[], None).await?.status == 405);
    let foreign = [("content-type", "application/json"), ("origin", "https://evil.example")];
    let reply = routes::post(&owner, ExportActivities::PATH, &foreign, r#"{"format":"csv"}"#).await?;
    ensure!(reply.status == 403, "{reply:?}");
    let log = acts::log(&owner).await?;
    ensure!(log.iter().all(|line| line.action != Action::LogExported) && log.len() > before);
    Ok(())
}
