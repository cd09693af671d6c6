//! Asks an object: a clinic's, whose name is the clinic's code, so that no directory stands in the way of a login, or the
//! support desk's, of which there is one. What a clinic is kept to, its code tells as well.

use clinic::{
    CallKey, Caller,
    clinic::envelope,
    commands::{Command, live::OpenLive},
};
use wasm_bindgen::{JsCast, JsValue};
use wire::{
    Empty, Problem, ProblemCode,
    fields::ClinicCode,
    place::{Jurisdiction, Region},
    proof,
};
use worker::{
    Env, Error, Headers, Method, ObjectNamespace, Request, RequestInit, Response, ResponseBody, Stub,
    js_sys::{Function, Reflect, futures::JsFuture},
    web_sys,
};

use crate::{
    config, journal, live,
    metrics::{self, Event, ObjectKind},
    probe, world,
};

/// The binding of the clinics' objects.
const CLINICS: &str = "CLINICS";
/// The binding of the support desk.
const DESK: &str = "SUPPORT";
/// The name of the one desk.
const DESK_NAME: &str = "desk";
/// Where an object is asked to do a command.
const COMMAND_PATH: &str = "/command";
/// Where it is asked to do one whose refusals it holds back.
pub const HELD_COMMAND_PATH: &str = "/held-command";
/// How often an object is asked when it was moved or restarted under the call.
const TRIES: u32 = 3;
const RETRY_MILLIS: u32 = 100;
const OVERLOADED_RETRY_SECONDS: u32 = 2;

/// What a call is for: one that changes something carries a key, so that it is done once however often it is delivered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Read,
    Change,
}

/// Runs a command in a clinic, which is made close to a region when it is not there yet.
pub async fn ask<C: Command>(
    env: &Env,
    (clinic, near): (&ClinicCode, Option<Region>),
    command: &C,
    caller: &Caller,
    purpose: Purpose,
) -> Result<C::Reply, Problem> {
    ask_object(env, Object { near, ..of_clinic(env, clinic) }, command, caller, purpose).await
}

/// Runs a command at the support desk.
pub async fn ask_desk<C: Command>(
    env: &Env,
    command: &C,
    caller: &Caller,
    purpose: Purpose,
) -> Result<C::Reply, Problem> {
    let desk = Object { binding: DESK, name: DESK_NAME, jurisdiction: None, near: None };
    ask_object(env, desk, command, caller, purpose).await
}

/// Has an object that holds no clinic read and write.
pub async fn probe(env: &Env) -> worker::Result<probe::Found> {
    let object = Object { binding: CLINICS, name: probe::NAME, jurisdiction: None, near: None };
    let response = object.stub(env)?.fetch_with_str(&format!("https://clinic{}", probe::PATH)).await?;
    match response.status_code() {
        200 => Ok(serde_json::from_str(&text(&response).await?)?),
        status => Err(Error::RustError(format!("status {status}"))),
    }
}

/// What this deployment can keep a clinic to. Self-hosted, the runtime knows no such thing.
pub fn jurisdictions(env: &Env) -> Vec<Jurisdiction> {
    let can = |one: &Jurisdiction| namespace(env, CLINICS, Some(*one)).is_ok();
    Jurisdiction::ALL.into_iter().filter(can).collect()
}

/// An object behind a binding.
#[derive(Clone, Copy)]
struct Object<'a> {
    binding: &'static str,
    name: &'a str,
    jurisdiction: Option<Jurisdiction>,
    /// Heard when the object comes to be, and never again.
    near: Option<Region>,
}

impl Object<'_> {
    fn kind(self) -> ObjectKind {
        if self.binding == DESK { ObjectKind::Desk } else { ObjectKind::Clinic }
    }

    fn stub(self, env: &Env) -> worker::Result<Stub> {
        let namespace = namespace(env, self.binding, self.jurisdiction)?;
        let id = namespace.id_from_name(self.name)?;
        match self.near {
            Some(region) => id.get_stub_with_location_hint(region.code()),
            None => id.get_stub(),
        }
    }
}

fn of_clinic<'a>(env: &Env, clinic: &'a ClinicCode) -> Object<'a> {
    let jurisdiction = config::of(env).and_then(|config| config.jurisdiction_of(clinic));
    Object { binding: CLINICS, name: clinic.as_str(), jurisdiction, near: None }
}

fn namespace(
    env: &Env,
    binding: &str,
    jurisdiction: Option<Jurisdiction>,
) -> worker::Result<ObjectNamespace> {
    let everywhere = env.durable_object(binding)?;
    let Some(jurisdiction) = jurisdiction else { return Ok(everywhere) };
    let keep_to: Function =
        Reflect::get(everywhere.as_ref(), &JsValue::from_str("jurisdiction"))?.dyn_into()?;
    let kept = keep_to.call1(everywhere.as_ref(), &JsValue::from_str(jurisdiction.code()))?;
    Ok(kept.unchecked_into())
}

async fn ask_object<C: Command>(
    env: &Env,
    object: Object<'_>,
    command: &C,
    caller: &Caller,
    purpose: Purpose,
) -> Result<C::Reply, Problem> {
    let key = (purpose == Purpose::Change).then(|| CallKey::from_random(world::random_bytes()));
    let named = caller.request.as_str();
    let envelope = envelope(command, caller, key).map_err(|error| fault(named, error))?;
    let path = if C::HOLDS_REFUSALS { HELD_COMMAND_PATH } else { COMMAND_PATH };
    match deliver(env, object, named, || command_request(path, &envelope, named)).await? {
        Answer::Reply(reply) => {
            serde_json::from_str::<Result<C::Reply, Problem>>(&reply).map_err(|error| fault(named, error))?
        }
        Answer::Socket(_) => Err(fault(named, "a command was answered with a socket")),
    }
}

/// Opens a live socket in a clinic.
pub async fn open_live(env: &Env, clinic: &ClinicCode, caller: &Caller) -> Result<Response, Problem> {
    let named = caller.request.as_str();
    let envelope = envelope(&OpenLive {}, caller, None).map_err(|error| fault(named, error))?;
    let protocol = caller.key.as_ref().map(|_| proof::SOCKET_PROTOCOL);
    let handshake = || handshake_request(&envelope, protocol, named);
    match deliver(env, of_clinic(env, clinic), named, handshake).await? {
        Answer::Socket(socket) => Ok(socket),
        Answer::Reply(refusal) => match serde_json::from_str::<Result<Empty, Problem>>(&refusal) {
            Ok(Err(problem)) => Err(problem),
            _ => Err(fault(named, "a socket was answered with a reply")),
        },
    }
}

/// Has a clinic's object set its alarm anew, by a clock that a test has moved.
#[cfg(feature = "trial")]
pub async fn tell_of_clock(env: &Env, clinic: &ClinicCode) -> Result<(), Problem> {
    let told = || {
        let request = command_request(COMMAND_PATH, "", "")?;
        request.headers().set(crate::trial::CLOCK_HEADER, "moved")?;
        Ok(request)
    };
    deliver(env, of_clinic(env, clinic), "", told).await.map(drop)
}

/// What an object gives back.
enum Answer {
    Reply(String),
    Socket(Response),
}

fn fault(request: &str, error: impl std::fmt::Display) -> Problem {
    journal::fault("crossing", request, error);
    Problem::new(ProblemCode::Internal)
}

async fn deliver(
    env: &Env,
    object: Object<'_>,
    named: &str,
    request: impl Fn() -> worker::Result<Request>,
) -> Result<Answer, Problem> {
    let mut tries_left = TRIES;
    loop {
        tries_left -= 1;
        let begun = world::now();
        // A stub is made anew each time: one that has failed stays broken.
        match try_to_deliver(env, object, &request).await {
            Ok(answer) => {
                let millis = world::now().0.saturating_sub(begun.0);
                metrics::note(env, Event::Answered { object: object.kind(), millis });
                #[cfg(feature = "trial")]
                crate::breaking::reach(crate::breaking::Place::Answered);
                return Ok(answer);
            }
            Err(error) if flag(&error, "overloaded") => {
                return Err(Problem::new(ProblemCode::Busy).retry_after(OVERLOADED_RETRY_SECONDS));
            }
            Err(error) if flag(&error, "retryable") && tries_left > 0 => {
                world::sleep(world::jittered(RETRY_MILLIS)).await;
            }
            Err(error) => {
                journal::fault("object_silent", named, error);
                return Err(Problem::new(ProblemCode::Internal));
            }
        }
    }
}

async fn try_to_deliver(
    env: &Env,
    object: Object<'_>,
    request: impl Fn() -> worker::Result<Request>,
) -> worker::Result<Answer> {
    let stub = object.stub(env)?;
    let request = request()?;
    #[cfg(feature = "trial")]
    crate::breaking::pass_on(request.headers())?;
    let response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200 => text(&response).await.map(Answer::Reply),
        101 => Ok(Answer::Socket(response)),
        status => Err(Error::RustError(format!("status {status}"))),
    }
}

/// What an object wrote, read by the platform in one piece: chunk by chunk, each crosses into WebAssembly and back.
async fn text(response: &Response) -> worker::Result<String> {
    let ResponseBody::Stream(stream) = response.body() else { return Ok(String::new()) };
    let whole = web_sys::Response::new_with_opt_readable_stream(Some(stream))?;
    let text = JsFuture::from(whole.text()?).await?;
    text.as_string().ok_or_else(|| Error::RustError("a body is no text".into()))
}

fn command_request(path: &str, envelope: &str, named: &str) -> worker::Result<Request> {
    let headers = Headers::new();
    headers.set(journal::REQUEST_HEADER, named)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(JsValue::from_str(envelope)));
    Request::new_with_init(&format!("https://clinic{path}"), &init)
}

fn handshake_request(envelope: &str, protocol: Option<&str>, named: &str) -> worker::Result<Request> {
    let headers = Headers::new();
    headers.set(journal::REQUEST_HEADER, named)?;
    headers.set("Upgrade", "websocket")?;
    headers.set(live::ENVELOPE_HEADER, envelope)?;
    if let Some(protocol) = protocol {
        headers.set(proof::SOCKET_HEADER, protocol)?;
    }
    let mut init = RequestInit::new();
    init.with_headers(headers);
    Request::new_with_init("https://clinic/live", &init)
}

/// A property that the platform sets on errors of objects.
fn flag(error: &Error, name: &str) -> bool {
    let flag = Reflect::get(&error.to_js_value(), &JsValue::from_str(name));
    flag.is_ok_and(|flag| flag.is_truthy())
}
