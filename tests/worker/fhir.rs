//! The log as FHIR AuditEvents: each is held to HL7's own JSON schema of R4, by a validator that is not ours.

use std::fs::File;

use anyhow::{Context, Result, ensure};
use clinic::{
    commands::activities_export::{ExportPlan, ExportedLine},
    exports::Writer,
};
use jsonschema::Validator;
use serde_json::{Value, json};
use wardkey_tests::{Clinic, Wardkey};
use wire::{
    Timestamp,
    activities::{Action, ActivityLine, Change, Changed, ExportFormat, Subject},
    log_file::BEGINNING,
};
use xtask::tools;

use crate::{activities_export::export, acts};

/// What an AuditEvent must be. The schema is one of any resource; it is asked for this one alone, so that it says what is wrong.
fn audit_event() -> Result<Validator> {
    let mut schema: Value = serde_json::from_reader(File::open(tools::for_testing()?.fhir_schema())?)?;
    let all = schema.as_object_mut().context("a strange schema")?;
    all.remove("oneOf").context("the schema knows no resources")?;
    all.insert("allOf".to_owned(), json!([{ "$ref": "#/definitions/AuditEvent" }]));
    Ok(jsonschema::validator_for(&schema)?)
}

/// How many resources there are, each of which is an AuditEvent.
fn valid(file: &str) -> Result<usize> {
    let schema = audit_event()?;
    for line in file.lines() {
        let event = serde_json::from_str(line)?;
        let faults: Vec<_> = schema.iter_errors(&event).map(|fault| fault.to_string()).collect();
        ensure!(faults.is_empty(), "{faults:#?} in {event:#}");
    }
    Ok(file.lines().count())
}

/// A line for each way in which a line of this action can look.
fn lines(action: Action) -> Vec<ExportedLine> {
    let account = |name: &str| -> Result<Subject> {
        Ok(Subject::Account { id: "0123456789abcdef".parse()?, name: name.to_owned() })
    };
    let anna = account("Ёлкина \"Анна\"\t").unwrap_or(Subject::Nobody);
    let subjects = [Subject::Nobody, anna, Subject::UnknownLogin, Subject::Operator];
    let change = Change { what: Changed::ExportFilter, old: String::new(), new: "words=a b".to_owned() };
    let places = [("Reception 1", "192.0.2.1"), ("", "2001:db8::1"), ("", "")];
    let mut lines = Vec::new();
    for ((user, by), (computer, address)) in
        subjects.iter().flat_map(|user| subjects.iter().map(move |by| (user, by))).zip(places.iter().cycle())
    {
        for changes in [Vec::new(), vec![change.clone(), change.clone()]] {
            let line = ActivityLine {
                seq: lines.len() as i64 + 1,
                at: Timestamp(1_795_286_400_000),
                action,
                user: user.clone(),
                by: by.clone(),
                computer: (*computer).to_owned(),
                address: (*address).to_owned(),
                changes,
            };
            lines.push(ExportedLine { line, hash: BEGINNING, before: BEGINNING });
        }
    }
    lines
}

fn written(lines: &[ExportedLine]) -> Result<String> {
    let plan = ExportPlan {
        last: 1,
        day: "2026-11-21".parse()?,
        time_zone: "America/St_Johns".to_owned(),
        at: Timestamp(0),
        clinic: "Harbour".to_owned(),
        code: "k7m2qx4p9d".to_owned(),
        whole: true,
        checkpoint: None,
    };
    let page = Writer::new(ExportFormat::Fhir, plan).page(lines);
    Ok(String::from_utf8(page.ok().context("unwritable")?)?)
}

#[test]
fn every_action_is_an_audit_event_of_r4_however_its_line_looks() -> Result<()> {
    let all: Vec<_> = Action::ALL.into_iter().flat_map(lines).collect();
    ensure!(valid(&written(&all)?)? == Action::ALL.len() * 32);
    Ok(())
}

#[test]
fn what_is_no_audit_event_is_refused() -> Result<()> {
    let file = written(&lines(Action::LoginFailed)[..1])?;
    ensure!(valid(&file)? == 1);
    for (broken, from, to) in [
        ("an action that there is not", "\"action\":\"E\"", "\"action\":\"X\""),
        ("an outcome that there is not", "\"outcome\":\"4\"", "\"outcome\":\"5\""),
        ("a moment without a zone", "15:10:00-03:30", "15:10:00"),
        ("nobody who did it", "\"agent\":", "\"agents\":"),
        ("an empty name", "\"name\":\"Reception 1\"", "\"name\":\"\""),
        ("another resource", "\"AuditEvent\"", "\"Patient\""),
    ] {
        let changed = file.replacen(from, to, 1);
        ensure!(changed != file, "{broken}: {file}");
        ensure!(valid(&changed).is_err(), "{broken} passed: {changed}");
    }
    Ok(())
}

#[tokio::test]
async fn a_clinic_gives_its_log_as_audit_events() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let reply = export(&owner, json!({ "format": "fhir" })).await?;
    ensure!(reply.status == 200, "{reply:?}");
    ensure!(reply.header("content-type") == ExportFormat::Fhir.media_type());
    let disposition = reply.header("content-disposition");
    ensure!(disposition.ends_with(".ndjson\""), "{disposition}");
    let log = acts::log(&owner).await?;
    ensure!(valid(&reply.text)? == log.len(), "{}", reply.text);
    for (line, event) in log.iter().rev().zip(reply.text.lines()) {
        let event: Value = serde_json::from_str(event)?;
        let number = line.seq.to_string();
        ensure!(event["id"].as_str() == Some(number.as_str()), "{event}");
    }
    Ok(())
}
