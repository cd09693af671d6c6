//! The log for programs that gather audit records: a FHIR R4 AuditEvent for each line, as newline-delimited JSON.
//! What stands where, and why, is told in `docs/fhir.md`.

use jiff::tz::TimeZone;
use serde::Serialize;
use wire::activities::{ActivityLine, Change, Subject};

use super::{
    Unwritable,
    audit_codes::{Code, event, is_by_its_user},
    names::json_name,
};
use crate::{
    commands::activities_export::{ExportPlan, ExportedLine},
    rules::time_zone,
};

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
/// The actions of the log. A name and no address: nothing has to be there.
const ACTIONS: &str = "urn:uuid:6f1c4a52-93a1-4c5e-8d0b-2f6f0f5c7e31";
const SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

const SOURCE: Code = ("110153", "Source Role ID");
const SECURITY_SERVER: Code = ("6", "Security Server");
const PERSON: Code = ("1", "Person");
const SYSTEM_OBJECT: Code = ("2", "System Object");
const SECURITY_USER: Code = ("11", "Security User Entity");
const SECURITY_RESOURCE: Code = ("13", "Security Resource");
/// Who observes, and does what nobody did.
const OBSERVER: &str = "Wardkey";
/// A network address, and not the name of a machine.
const IP_ADDRESS: &str = "2";

/// A resource for each line.
pub fn events(lines: &[ExportedLine], plan: &ExportPlan) -> Result<Vec<u8>, Unwritable> {
    let zone = time_zone::of(&plan.time_zone);
    let mut file = Vec::new();
    for ExportedLine { line, .. } in lines {
        serde_json::to_writer(&mut file, &resource(line, plan, &zone)).map_err(|_| Unwritable)?;
        file.push(b'\n');
    }
    Ok(file)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuditEvent<'a> {
    resource_type: &'static str,
    id: String,
    r#type: Coding,
    subtype: Vec<Coding>,
    action: &'static str,
    recorded: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome_desc: Option<&'static str>,
    agent: Vec<Agent<'a>>,
    source: Source<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entity: Vec<Entity<'a>>,
}

#[derive(Serialize)]
struct Coding {
    system: &'static str,
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'static str>,
}

impl Coding {
    fn of(system: &'static str, (code, display): Code) -> Self {
        Self { system, code: code.to_owned(), display: Some(display) }
    }
}

#[derive(Serialize)]
struct Concept {
    coding: [Coding; 1],
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Agent<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<Concept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alt_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    requestor: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<Network<'a>>,
}

#[derive(Serialize)]
struct Network<'a> {
    address: &'a str,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Reference<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<Identifier<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'a str>,
}

#[derive(Serialize)]
struct Identifier<'a> {
    value: &'a str,
}

#[derive(Serialize)]
struct Source<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'a str>,
    observer: Reference<'a>,
    r#type: [Coding; 1],
}

#[derive(Serialize)]
struct Entity<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<Reference<'a>>,
    r#type: Coding,
    role: Coding,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    detail: Vec<Detail>,
}

#[derive(Serialize)]
struct Detail {
    r#type: String,
    #[serde(rename = "valueString")]
    value: String,
}

fn resource<'a>(line: &'a ActivityLine, plan: &'a ExportPlan, zone: &TimeZone) -> AuditEvent<'a> {
    let event = event(line.action);
    let dicom = event.subkind.map(|code| Coding::of(DICOM, code));
    let ours = Coding { system: ACTIONS, code: json_name(&line.action), display: None };
    AuditEvent {
        resource_type: "AuditEvent",
        id: line.seq.to_string(),
        r#type: Coding::of(DICOM, event.kind),
        subtype: dicom.into_iter().chain([ours]).collect(),
        action: event.doing.code(),
        recorded: time_zone::rfc3339(line.at, zone),
        outcome: if event.failed.is_some() { "4" } else { "0" },
        outcome_desc: event.failed,
        agent: agents(line),
        source: Source {
            site: said(&plan.clinic),
            observer: Reference { identifier: None, display: Some(OBSERVER) },
            r#type: [Coding::of(SOURCE_TYPE, SECURITY_SERVER)],
        },
        entity: entity(line).into_iter().collect(),
    }
}

/// FHIR has no empty texts.
fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.trim().is_empty())
}

/// Who did it, and on which computer; Wardkey where neither is known. The first of them asked for it.
fn agents(line: &ActivityLine) -> Vec<Agent<'_>> {
    let network = || said(&line.address).map(|address| Network { address, r#type: IP_ADDRESS });
    let person = match &line.by {
        Subject::Nobody if is_by_its_user(line.action) => person(&line.user),
        by => person(by),
    };
    let computer = said(&line.computer).map(|label| Agent {
        r#type: Some(Concept { coding: [Coding::of(DICOM, SOURCE)] }),
        name: Some(label),
        ..Agent::default()
    });
    let mut agents: Vec<_> = person.into_iter().chain(computer).collect();
    for (agent, place) in agents.iter_mut().zip(0..) {
        agent.requestor = place == 0;
        agent.network = network();
    }
    match agents.is_empty() {
        true => vec![Agent { name: Some(OBSERVER), network: network(), ..Agent::default() }],
        false => agents,
    }
}

fn person(subject: &Subject) -> Option<Agent<'_>> {
    match subject {
        Subject::Nobody => None,
        Subject::Account { id, name } => {
            Some(Agent { who: Some(account(id.as_str(), name)), name: said(name), ..Agent::default() })
        }
        Subject::UnknownLogin => Some(Agent { alt_id: Some("unknown_login"), ..Agent::default() }),
        Subject::Operator => Some(Agent { alt_id: Some("operator"), ..Agent::default() }),
    }
}

fn account<'a>(id: &'a str, name: &'a str) -> Reference<'a> {
    Reference { identifier: Some(Identifier { value: id }), display: said(name) }
}

/// Whom or what it was about, and what was changed of it.
fn entity(line: &ActivityLine) -> Option<Entity<'_>> {
    let detail: Vec<_> = line.changes.iter().map(detail).collect();
    let coded = |r#type, role| (Coding::of(ENTITY_TYPE, r#type), Coding::of(OBJECT_ROLE, role));
    let (what, name, (r#type, role)) = match &line.user {
        Subject::Nobody if detail.is_empty() => return None,
        Subject::Nobody => (None, None, coded(SYSTEM_OBJECT, SECURITY_RESOURCE)),
        Subject::Account { id, name } => {
            (Some(account(id.as_str(), name)), said(name), coded(PERSON, SECURITY_USER))
        }
        Subject::UnknownLogin => (None, Some("unknown_login"), coded(PERSON, SECURITY_USER)),
        Subject::Operator => (None, Some("operator"), coded(PERSON, SECURITY_USER)),
    };
    Some(Entity { what, r#type, role, name, detail })
}

fn detail(Change { what, old, new }: &Change) -> Detail {
    Detail { r#type: json_name(what), value: format!("{old} → {new}") }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use wire::{
        Timestamp,
        activities::{Action, Changed},
        log_file::BEGINNING,
    };

    use super::*;

    fn written(line: ActivityLine) -> Value {
        let plan = ExportPlan {
            last: 7,
            day: "2026-11-21".parse().unwrap(),
            time_zone: "Europe/Moscow".into(),
            at: Timestamp(1_795_286_400_000),
            clinic: "Harbour".into(),
            code: "k7m2qx4p9d".into(),
            whole: true,
            checkpoint: None,
        };
        let lines = [ExportedLine { line, hash: BEGINNING, before: BEGINNING }];
        let file = events(&lines, &plan).unwrap();
        assert_eq!(file.last(), Some(&b'\n'));
        serde_json::from_slice(&file).unwrap()
    }

    fn line(action: Action, user: Subject, by: Subject) -> ActivityLine {
        ActivityLine {
            seq: 7,
            at: Timestamp(1_795_286_400_000),
            action,
            user,
            by,
            computer: "Reception 1".into(),
            address: "192.0.2.1".into(),
            changes: Vec::new(),
        }
    }

    fn anna() -> Subject {
        Subject::Account { id: "0123456789abcdef".parse().unwrap(), name: "Ёлкина Анна".into() }
    }

    #[test]
    fn a_failed_login_is_pinned() {
        let place = json!({ "address": "192.0.2.1", "type": "2" });
        let anna_reference =
            json!({ "identifier": { "value": "0123456789abcdef" }, "display": "Ёлкина Анна" });
        assert_eq!(
            written(line(Action::LoginFailed, anna(), Subject::Nobody)),
            json!({
                "resourceType": "AuditEvent",
                "id": "7",
                "type": { "system": DICOM, "code": "110114", "display": "User Authentication" },
                "subtype": [
                    { "system": DICOM, "code": "110122", "display": "Login" },
                    { "system": ACTIONS, "code": "login_failed" }
                ],
                "action": "E",
                "recorded": "2026-11-21T21:40:00+03:00",
                "outcome": "4",
                "outcomeDesc": "wrong password",
                "agent": [
                    { "who": anna_reference, "name": "Ёлкина Анна", "requestor": true, "network": place },
                    {
                        "type": { "coding": [{ "system": DICOM, "code": "110153", "display": "Source Role ID" }] },
                        "name": "Reception 1",
                        "requestor": false,
                        "network": place
                    }
                ],
                "source": {
                    "site": "Harbour",
                    "observer": { "display": "Wardkey" },
                    "type": [{ "system": SOURCE_TYPE, "code": "6", "display": "Security Server" }]
                },
                "entity": [{
                    "what": anna_reference,
                    "type": { "system": ENTITY_TYPE, "code": "1", "display": "Person" },
                    "role": { "system": OBJECT_ROLE, "code": "11", "display": "Security User Entity" },
                    "name": "Ёлкина Анна"
                }]
            })
        );
    }

    #[test]
    fn what_was_changed_stands_with_what_it_was() {
        let changed = |what, old: &str, new: &str| Change { what, old: old.into(), new: new.into() };
        let changes = vec![
            changed(Changed::Policy("strikes_max".into()), "5", "3"),
            changed(Changed::Policy("log_years".into()), "6", "10"),
        ];
        let event = written(ActivityLine { changes, ..line(Action::PolicyChanged, Subject::Nobody, anna()) });
        assert_eq!(
            event["entity"][0]["detail"],
            json!([
                { "type": "policy strikes_max", "valueString": "5 → 3" },
                { "type": "policy log_years", "valueString": "6 → 10" }
            ])
        );
        assert_eq!(event["agent"][0]["who"]["identifier"]["value"], "0123456789abcdef");
    }

    #[test]
    fn what_nobody_did_was_done_by_wardkey() {
        let nowhere = ActivityLine {
            computer: String::new(),
            address: String::new(),
            ..line(Action::AccountUnlockedAutomatically, anna(), Subject::Nobody)
        };
        assert_eq!(written(nowhere)["agent"], json!([{ "name": "Wardkey", "requestor": false }]));
    }

    #[test]
    fn a_login_that_nobody_has_is_told_as_such_and_no_more() {
        let event = written(line(Action::LoginFailed, Subject::UnknownLogin, Subject::Nobody));
        assert_eq!(event["agent"][0]["altId"], "unknown_login");
        assert_eq!(event["agent"][0].get("who"), None);
        assert_eq!(event["entity"][0]["name"], "unknown_login");
    }
}
