//! The API's description, made from the route table and the types themselves, so that it can't tell anything else.

use std::sync::OnceLock;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use wire::{
    Endpoint, Method, Problem,
    activities::ExportFormat,
    live::{LIVE_PATH, Live},
};

use crate::router::{Entrance, ROUTES, RepliesWith, Route};

/// Where the description is.
pub const PATH: &str = "/api/openapi.json";

/// How to draw a route's request and reply.
#[derive(Clone, Copy)]
pub struct Shapes {
    request: fn(&mut SchemaGenerator) -> Schema,
    reply: fn(&mut SchemaGenerator) -> Schema,
}

impl Shapes {
    pub const fn of<E: Endpoint>() -> Self
    where
        E::Request: JsonSchema,
        E::Reply: JsonSchema,
    {
        Self { request: E::Request::json_schema, reply: SchemaGenerator::subschema_for::<E::Reply> }
    }
}

/// The description as JSON, made when it is first asked for.
pub fn description() -> &'static str {
    static DESCRIPTION: OnceLock<String> = OnceLock::new();
    DESCRIPTION.get_or_init(|| describe().to_string())
}

fn describe() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<Problem>();
    let mut paths: Map<String, Value> = ROUTES
        .iter()
        .map(|route| {
            let method = match route.method {
                Method::Get => "get",
                Method::Post => "post",
            };
            (route.path.to_owned(), json!({ method: operation(route, &mut generator) }))
        })
        .collect();
    paths.insert(LIVE_PATH.to_owned(), live(&mut generator));
    let mut schemas = generator.take_definitions(true);
    complete_problem(&mut schemas);
    let mut description = json!({
        "openapi": "3.1.0",
        "info": { "title": "Wardkey", "version": env!("CARGO_PKG_VERSION"), "license": { "name": env!("CARGO_PKG_LICENSE") } },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Problem": {
                    "description": "A refusal; its code is stable.",
                    "content": { "application/problem+json": { "schema": problem } }
                }
            },
            "securitySchemes": {
                "browser": { "type": "apiKey", "in": "cookie", "name": "__Host-wardkey_session" },
                "key": { "type": "apiKey", "in": "header", "name": "DPoP", "description": "RFC 9449; cookies are bound to its key." },
                "support": { "type": "apiKey", "in": "cookie", "name": "__Host-wardkey_support" },
                "operator": { "type": "http", "scheme": "bearer" },
                "watch": { "type": "http", "scheme": "bearer", "description": "`cargo xtask metrics-key` prints it." }
            }
        }
    });
    bound_numbers(&mut description);
    description
}

/// Says of whole numbers how large they may be, where their format alone says so: to JSON Schema it is a word.
fn bound_numbers(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let bounds = match map.get("format").and_then(Value::as_str) {
                Some("uint8") => Some((0, u8::MAX.into())),
                Some("uint16") => Some((0, u16::MAX.into())),
                Some("uint32") => Some((0, u32::MAX.into())),
                Some("uint64") => Some((0, u64::MAX)),
                Some("int64") => Some((i64::MIN, i64::MAX.unsigned_abs())),
                _ => None,
            };
            if let Some((least, most)) = bounds {
                map.entry("minimum").or_insert_with(|| least.into());
                map.entry("maximum").or_insert_with(|| most.into());
            }
            map.values_mut().for_each(bound_numbers);
        }
        Value::Array(values) => values.iter_mut().for_each(bound_numbers),
        _ => {}
    }
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let request = (route.shapes.request)(generator);
    let reply = (route.shapes.reply)(generator);
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.about,
        "responses": {
            "200": { "description": "It went well.", "content": content(route, &reply) },
            "default": { "$ref": "#/components/responses/Problem" }
        },
        // Which steps a route wants is the clinic's to say; a route that wants none takes a browser without cookies.
        "security": match route.entrance {
            Entrance::Browser => json!([{ "browser": [], "key": [] }, {}]),
            Entrance::Desk => json!([{ "support": [], "key": [] }, {}]),
            Entrance::Operator => json!([{ "operator": [] }]),
            Entrance::Watch => json!([{ "operator": [] }, { "watch": [] }]),
        }
    });
    if let Some(operation) = operation.as_object_mut() {
        let (key, value) = match route.method {
            Method::Get => ("parameters", parameters(&request)),
            Method::Post => (
                "requestBody",
                json!({ "required": true, "content": { "application/json": { "schema": request } } }),
            ),
        };
        operation.insert(key.to_owned(), value);
    }
    if route.replies_with == RepliesWith::Verdict {
        let trouble = json!({ "description": "Something does not work.", "content": content(route, &reply) });
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        responses.map(|responses| responses.insert("503".to_owned(), trouble));
    }
    operation
}

/// What a reply may be.
fn content(route: &Route, reply: &Schema) -> Value {
    match route.replies_with {
        RepliesWith::Json | RepliesWith::Verdict => json!({ "application/json": { "schema": reply } }),
        RepliesWith::Text => json!({ "text/plain": { "schema": reply } }),
        RepliesWith::File => ExportFormat::ALL
            .map(|format| (format.media_type().to_owned(), json!({ "schema": reply })))
            .into_iter()
            .collect(),
    }
}

/// The live socket, of which OpenAPI can tell no more than its handshake.
fn live(generator: &mut SchemaGenerator) -> Value {
    json!({
        "get": {
            "operationId": "get-api-live",
            "summary": "Opens a WebSocket that tells this browser when what it may see has changed.",
            "responses": {
                "101": { "description": "It is open.", "content": { "application/json": { "schema": generator.subschema_for::<Live>() } } },
                "default": { "$ref": "#/components/responses/Problem" }
            },
            "security": [{ "browser": [] }]
        }
    })
}

/// `post-api-sign-in-computer`: method and path, which are unique together.
fn operation_id(route: &Route) -> String {
    let method = match route.method {
        Method::Get => "get",
        Method::Post => "post",
    };
    format!("{method}{}", route.path.replace('/', "-"))
}

/// A query's fields, each as a parameter.
fn parameters(request: &Schema) -> Value {
    let required = request.get("required").and_then(Value::as_array);
    let properties = request.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let required = required.is_some_and(|names| names.iter().any(|required| required == name));
            json!({ "name": name, "in": "query", "required": required, "schema": schema })
        })
        .collect()
}

/// Adds what every refusal says beside the problem itself (RFC 9457).
fn complete_problem(schemas: &mut Map<String, Value>) {
    let properties = schemas.get_mut("Problem").and_then(|problem| problem.get_mut("properties"));
    if let Some(properties) = properties.and_then(Value::as_object_mut) {
        properties.insert("type".to_owned(), json!({ "type": "string", "format": "uri" }));
        properties.insert("status".to_owned(), json!({ "type": "integer" }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described() {
        let description = describe();
        for route in ROUTES {
            let method = if route.method == Method::Get { "get" } else { "post" };
            let operation = &description["paths"][route.path][method];
            assert_eq!(operation["summary"], route.about, "{}", route.path);
        }
        assert!(description["paths"][LIVE_PATH]["get"].is_object());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let description = describe();
        let mut open = vec![&description];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        let pointer = reference.trim_start_matches('#');
                        assert!(description.pointer(pointer).is_some(), "{reference}");
                    }
                    open.extend(map.values());
                }
                Value::Array(values) => open.extend(values),
                _ => {}
            }
        }
    }

    #[test]
    fn a_query_is_described_as_parameters() {
        let description = describe();
        let parameters = &description["paths"]["/api/users/account"]["get"]["parameters"];
        assert_eq!(parameters[0]["name"], "id");
        assert_eq!(parameters[0]["required"], true);
    }

    #[test]
    fn a_number_is_described_with_its_bounds() {
        let description = describe();
        let parameters = description["paths"]["/api/activities"]["get"]["parameters"].as_array().unwrap();
        let schema = |name: &str| &parameters.iter().find(|one| one["name"] == name).unwrap()["schema"];
        assert_eq!((&schema("limit")["minimum"], &schema("limit")["maximum"]), (&json!(1), &json!(200)));
        assert_eq!(schema("before")["minimum"], 1);
        let body = &description["paths"]["/api/settings/change"]["post"]["requestBody"]["content"];
        let version = &body["application/json"]["schema"]["properties"]["version"];
        assert_eq!(version["maximum"], u32::MAX);
    }
}
