//! `cargo xtask api-reference`: the API as people read it, docs/api.md, made of the description that the Worker gives of itself.
//!
//! It knows the words of the description that ours has, and refuses any other: nothing is left out because nobody thought of it.

use std::{collections::BTreeMap, fmt::Write, fs};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use ureq::Agent;

use crate::{assemble, progress, root, stand::Stand, tools};

/// Where the reference stands, from the project's root.
pub const FILE: &str = "docs/api.md";
/// Where the Worker describes itself.
pub const DESCRIPTION: &str = "/api/openapi.json";

const HEAD: &str = "# The API

Every call, what it takes and what it answers. `cargo xtask api-reference` makes this page of what the Worker tells of itself at \
`/api/openapi.json` (OpenAPI 3.1), and a test holds it to that: change the doc comments in `wire/`, never this page.

It is what Wardkey's own screens speak, and nothing besides; there is no other way in. It changes with them, and an app of before an \
update loads anew.

- **JSON both ways.** A `POST` has a body, even if it is `{}`, with `Content-Type: application/json`; each field once, and none that \
is not named here. A `GET` has its fields in the query.
- **A browser of a clinic** has cookies, one for each step that it has taken, and with each request a proof of its own key in the header \
`DPoP` (RFC 9449), to which they are bound ([decision 20](decisions/0020-cookies-are-bound-to-a-key.md)). A `POST` comes from Wardkey's own \
pages: `Origin` is the configured one. Which steps and rights a call needs is the clinic's to say; what belongs to another clinic is not found.
- **An operator of the support desk** is the same with a cookie of its own.
- **The deployment's operator** sends `Authorization: Bearer` with a key that is derived from `SECRET_KEY`, as `cargo xtask setup-link`, \
`support-operator` and `emergency-unlock` do. For anybody else these calls do not exist.
- **A refusal** is a [Problem](#problem), as `application/problem+json`, with a [code](#problemcode) that stays what it is.

A name `like_this` that is none of a field, a call or a shape is one of the source: what a login, a PIN or a token has to look like stands \
in [wire/src/fields.rs](../wire/src/fields.rs).
";

/// As much of OpenAPI as our description has.
#[derive(Deserialize)]
struct Description {
    paths: BTreeMap<String, BTreeMap<String, Operation>>,
    components: Components,
}

#[derive(Deserialize)]
struct Components {
    schemas: BTreeMap<String, Shape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Operation {
    #[serde(rename = "operationId")]
    _id: String,
    summary: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
    request_body: Option<Body>,
    responses: BTreeMap<String, Body>,
    security: Vec<BTreeMap<String, Vec<String>>>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    required: bool,
    schema: Shape,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    content: BTreeMap<String, Content>,
}

#[derive(Deserialize)]
struct Content {
    schema: Shape,
}

/// A JSON Schema.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Shape {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    description: String,
    r#type: Option<Type>,
    format: Option<String>,
    minimum: Option<i64>,
    maximum: Option<u64>,
    r#const: Option<Value>,
    default: Option<Value>,
    items: Option<Box<Shape>>,
    properties: BTreeMap<String, Shape>,
    required: Vec<String>,
    #[serde(rename = "additionalProperties")]
    _others: Option<bool>,
    one_of: Vec<Shape>,
    any_of: Vec<Shape>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Type {
    One(String),
    OneOf(Vec<String>),
}

/// Writes docs/api.md of the Worker as it is in this tree.
pub fn run() -> Result<()> {
    progress::title("Writing the API reference");
    let tools = tools::for_building()?;
    assemble::all(&tools)?;
    let stand = Stand::start(&tools, &[])?;
    let address = format!("http://{}{DESCRIPTION}", stand.worker.address());
    let description = Agent::new_with_defaults().get(address).call()?.body_mut().read_to_string()?;
    fs::write(root().join(FILE), text(&description)?)?;
    progress::note(&format!("It is in {FILE}."));
    Ok(())
}

/// The reference, in Markdown.
///
/// # Errors
/// When the description says something for which there are no words here.
pub fn text(description: &str) -> Result<String> {
    let description: Description = serde_json::from_str(description).context("the description")?;
    let shapes = &description.components.schemas;
    let mut groups: BTreeMap<&str, Vec<(&String, &String, &Operation)>> = BTreeMap::new();
    for (path, operations) in &description.paths {
        let group = path.split('/').nth(2).with_context(|| format!("{path} is not below /api"))?;
        for (method, operation) in operations {
            groups.entry(group).or_default().push((path, method, operation));
        }
    }
    let mut page = HEAD.to_owned();
    let links: Vec<String> = groups.keys().map(|group| format!("[{group}](#api{group})")).collect();
    write!(page, "\nThe calls: {}. Then [the shapes](#shapes) of what they say.\n", links.join(" · "))?;
    for (group, calls) in groups {
        write!(page, "\n## /api/{group}\n")?;
        for (path, method, operation) in calls {
            call(&mut page, shapes, path, method, operation).with_context(|| path.to_owned())?;
        }
    }
    page.push_str("\n## Shapes\n");
    for (name, shape) in shapes {
        write!(page, "\n### {name}\n\n{}\n", prose(&shape.description, shapes))?;
        body(&mut page, shape, shapes).with_context(|| name.to_owned())?;
    }
    Ok(page)
}

fn call(
    page: &mut String,
    shapes: &BTreeMap<String, Shape>,
    path: &str,
    method: &str,
    operation: &Operation,
) -> Result<()> {
    write!(page, "\n### {} {path}\n\n{}{}\n", method.to_uppercase(), operation.summary, whose(operation)?)?;
    let mut rows = Vec::new();
    for parameter in &operation.parameters {
        let [name, what, about] = row(&parameter.name, &parameter.schema, parameter.required, shapes)?;
        // What may be absent from the type is absent from a query, which has no null.
        rows.push([name, what.replace(" or null", ""), about]);
    }
    let sent = operation.request_body.as_ref().and_then(|body| body.content.get("application/json"));
    if let Some(content) = sent {
        ensure!(content.schema.one_of.is_empty(), "a request of several shapes");
        rows.extend(fields(&content.schema, shapes)?);
    }
    table(page, "send", &rows)?;
    for (status, reply) in &operation.responses {
        let kinds: Vec<&str> = reply.content.keys().map(String::as_str).collect();
        let Some(content) = reply.content.values().next() else { continue };
        let what = if content.schema.properties.is_empty() && is(&content.schema, "object") {
            "nothing, `{}`".to_owned()
        } else {
            kind(&content.schema, shapes)?
        };
        match (status.as_str(), kinds.as_slice()) {
            ("200", ["application/json"]) => write!(page, "\nAnswers {what}.\n")?,
            ("200", kinds) => write!(page, "\nAnswers {what}, as `{}`.\n", kinds.join("`, `"))?,
            ("503", _) => write!(page, "\nAnswers {what} with status 503 where something is wrong.\n")?,
            ("101", _) => write!(page, "\nEach message is {what}.\n")?,
            (other, _) => bail!("a reply with status {other}"),
        }
    }
    Ok(())
}

/// Whose call it is, where it is not a clinic's browser's.
fn whose(operation: &Operation) -> Result<&'static str> {
    let ways: Vec<Vec<&str>> =
        operation.security.iter().map(|way| way.keys().map(String::as_str).collect()).collect();
    let ways: Vec<&[&str]> = ways.iter().map(Vec::as_slice).collect();
    Ok(match ways.as_slice() {
        [["browser", "key"], []] => "",
        [["browser"]] => {
            " A handshake can have no header of its own: the proof goes second among the socket's protocols, after `wardkey`."
        }
        [["key", "support"], []] => " *For operators of the support desk.*",
        [["operator"]] => " *For the deployment's operator.*",
        [["operator"], ["watch"]] => {
            " *For the deployment's operator, and for whatever watches over it with a key of its own.*"
        }
        other => bail!("an entrance that has no words: {other:?}"),
    })
}

/// What stands below a shape's name.
fn body(page: &mut String, shape: &Shape, shapes: &BTreeMap<String, Shape>) -> Result<()> {
    if shape.one_of.is_empty() && is(shape, "object") {
        return table(page, "field", &fields(shape, shapes)?);
    }
    if shape.one_of.is_empty() {
        write!(page, "\nIt is {}.\n", kind(shape, shapes)?)?;
        return Ok(());
    }
    if shape.one_of.iter().all(|one| one.r#const.is_some()) {
        page.push_str("\n| value | |\n| --- | --- |\n");
        for one in &shape.one_of {
            writeln!(page, "| {} | {} |", kind(one, shapes)?, prose(&one.description, shapes))?;
        }
        return Ok(());
    }
    page.push_str("\nOne of:\n");
    for one in &shape.one_of {
        let tags = one.properties.iter().filter(|(_, field)| field.r#const.is_some());
        let tags: Vec<String> = tags
            .map(|(name, field)| Ok(format!("`{name}` {}", kind(field, shapes)?)))
            .collect::<Result<_>>()?;
        let head = match tags.as_slice() {
            [] if is(one, "object") => "an object".to_owned(),
            [] => kind(one, shapes)?,
            tags => tags.join(", "),
        };
        write!(page, "\n- {head}: {}\n", prose(&one.description, shapes))?;
        for (name, field) in in_order(one).into_iter().filter(|(_, field)| field.r#const.is_none()) {
            let [name, what, about] = row(name, field, one.required.contains(name), shapes)?;
            let about = if about.is_empty() { about } else { format!(": {about}") };
            writeln!(page, "  - {name}, {what}{about}")?;
        }
    }
    Ok(())
}

/// The fields that must be there first, as they are declared; then the others, by name.
fn in_order(shape: &Shape) -> Vec<(&String, &Shape)> {
    let place =
        |name: &String| shape.required.iter().position(|required| required == name).unwrap_or(usize::MAX);
    let mut fields: Vec<(&String, &Shape)> = shape.properties.iter().collect();
    fields.sort_by_key(|(name, _)| place(name));
    fields
}

fn fields(shape: &Shape, shapes: &BTreeMap<String, Shape>) -> Result<Vec<[String; 3]>> {
    let row = |(name, field): (&String, &Shape)| row(name, field, shape.required.contains(name), shapes);
    in_order(shape).into_iter().map(row).collect()
}

fn row(name: &str, field: &Shape, required: bool, shapes: &BTreeMap<String, Shape>) -> Result<[String; 3]> {
    let mut what = kind(field, shapes)?;
    match &field.default {
        Some(default) if !default.is_null() => write!(what, "; `{default}` where it is left out")?,
        _ if !required => what.push_str("; may be left out"),
        _ => {}
    }
    Ok([format!("`{name}`"), what, prose(&field.description, shapes)])
}

fn table(page: &mut String, what: &str, rows: &[[String; 3]]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    write!(page, "\n| {what} | as | |\n| --- | --- | --- |\n")?;
    for [name, what, about] in rows {
        writeln!(page, "| {name} | {what} | {about} |")?;
    }
    Ok(())
}

/// What may stand at a place, in words.
fn kind(shape: &Shape, shapes: &BTreeMap<String, Shape>) -> Result<String> {
    if let Some(reference) = &shape.reference {
        let name = reference.strip_prefix("#/components/schemas/").unwrap_or_default();
        ensure!(shapes.contains_key(name), "{reference} leads nowhere");
        return Ok(link(name));
    }
    if let Some(value) = &shape.r#const {
        return Ok(format!("`{value}`"));
    }
    if !shape.any_of.is_empty() {
        let kinds: Vec<String> = shape.any_of.iter().map(|one| kind(one, shapes)).collect::<Result<_>>()?;
        return Ok(kinds.join(" or "));
    }
    let types: &[String] = match &shape.r#type {
        Some(Type::One(one)) => std::slice::from_ref(one),
        Some(Type::OneOf(types)) => types,
        None => bail!("a shape of no type"),
    };
    let words = types.iter().map(|one| word(one, shape, shapes)).collect::<Result<Vec<_>>>()?;
    Ok(words.join(" or "))
}

fn word(name: &str, shape: &Shape, shapes: &BTreeMap<String, Shape>) -> Result<String> {
    Ok(match (name, shape.format.as_deref()) {
        ("string", None) => "text".to_owned(),
        ("string", Some("uri")) => "an address".to_owned(),
        ("boolean", None) => "true or false".to_owned(),
        ("null", _) => "null".to_owned(),
        ("array", None) => {
            let items = shape.items.as_deref().context("a list of nothing")?;
            format!("list of {}", kind(items, shapes)?)
        }
        ("integer", None | Some("uint16" | "uint32" | "uint64" | "int64")) => {
            match (shape.minimum, shape.maximum) {
                (Some(least), Some(most)) if most < u64::from(u16::MAX) => {
                    format!("number from {least} to {most}")
                }
                (Some(least), _) if least > 0 => format!("number from {least} on"),
                _ => "number".to_owned(),
            }
        }
        (name, format) => bail!("a {name} of format {format:?}"),
    })
}

fn is(shape: &Shape, name: &str) -> bool {
    matches!(&shape.r#type, Some(Type::One(one)) if one == name)
}

fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase())
}

/// A doc comment as it stands in a table: on one line, and what it names with a link where that is a shape.
fn prose(text: &str, shapes: &BTreeMap<String, Shape>) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let mut parts = line.split("[`");
    let mut prose = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (path, rest) = part.split_once("`]").unwrap_or((part, ""));
        let name = path.rsplit("::").next().unwrap_or(path);
        prose.push_str(&if shapes.contains_key(name) { link(name) } else { format!("`{name}`") });
        prose.push_str(rest);
    }
    prose
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn description(schema: &Value) -> String {
        json!({
            "openapi": "3.1.0",
            "paths": { "/api/doors/open": { "post": {
                "operationId": "post-api-doors-open",
                "summary": "Opens a door.",
                "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } },
                "responses": {
                    "200": { "description": "", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Door" } } } },
                    "default": { "$ref": "#/components/responses/Problem" }
                },
                "security": [{ "operator": [] }]
            } } },
            "components": { "schemas": { "Door": { "description": "A door, as\n[`crate::Door`] says.", "type": "string" } } }
        })
        .to_string()
    }

    #[test]
    fn a_call_stands_there_with_what_it_takes_and_gives() {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["which", "by"],
            "properties": {
                "by": { "type": "integer", "format": "uint32", "minimum": 1, "maximum": 9, "description": "Who | whom." },
                "again": { "type": ["string", "null"], "description": "" },
                "which": { "$ref": "#/components/schemas/Door", "description": "The door." }
            }
        });
        let page = text(&description(&schema)).unwrap();
        let wanted = "### POST /api/doors/open\n\nOpens a door. *For the deployment's operator.*\n\n\
            | send | as | |\n| --- | --- | --- |\n\
            | `which` | [Door](#door) | The door. |\n\
            | `by` | number from 1 to 9 | Who \\| whom. |\n\
            | `again` | text or null; may be left out |  |\n\n\
            Answers [Door](#door).\n";
        assert!(page.contains(wanted), "{page}");
        assert!(page.contains("### Door\n\nA door, as [Door](#door) says.\n\nIt is text.\n"), "{page}");
    }

    #[test]
    fn what_has_no_words_is_not_left_out() {
        for unknown in [
            json!({ "type": "object", "properties": { "a": { "type": "string", "pattern": "[a-z]" } } }),
            json!({ "type": "object", "properties": { "a": { "type": "string", "format": "date" } } }),
            json!({ "type": "object", "properties": { "a": { "$ref": "#/components/schemas/Window" } } }),
            json!({ "type": "object", "properties": { "a": { "type": "number" } } }),
        ] {
            assert!(text(&description(&unknown)).is_err(), "{unknown}");
        }
    }
}
