//! Asks an object: a clinic's, whose name is the clinic's code, so that no directory stands in the way of a login, or the
//! support desk's, of which there is one.

use clinic::{
    CallKey, Caller,
    clinic::envelope,
    commands::{Command, live::OpenLive},
};
use wasm_bindgen::JsValue;
use wire::{Empty, Problem, ProblemCode, fields::ClinicCode, proof};
use worker::{Env, Error, Headers, Method, Request, RequestInit, Response, console_error, js_sys::Reflect};

use crate::{live, world};

/// The binding of the clinics' objects.
const CLINICS: &str = "CLINICS";
/// The binding of the support desk.
const DESK: &str = "SUPPORT";
/// The name of the one desk.
const DESK_NAME: &str = "desk";
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

/// Runs a command in a clinic.
pub async fn ask<C: Command>(
    env: &Env,
    clinic: &ClinicCode,
    command: &C,
    caller: &Caller,
    purpose: Purpose,
) -> Result<C::Reply, Problem> {
    ask_object(env, (CLINICS, clinic.as_str()), command, caller, purpose).await
}

/// Runs a command at the support desk.
pub async fn ask_desk<C: Command>(
    env: &Env,
    command: &C,
    caller: &Caller,
    purpose: Purpose,
) -> Result<C::Reply, Problem> {
    ask_object(env, (DESK, DESK_NAME), command, caller, purpose).await
}

/// A binding, and the name of an object behind it.
type Object<'a> = (&'static str, &'a str);

async fn ask_object<C: Command>(
    env: &Env,
    object: Object<'_>,
    command: &C,
    caller: &Caller,
    purpose: Purpose,
) -> Result<C::Reply, Problem> {
    let key = (purpose == Purpose::Change).then(|| CallKey::from_random(world::random_bytes()));
    let envelope = envelope(command, caller, key).map_err(fault)?;
    match deliver(env, object, || command_request(&envelope)).await? {
        Answer::Reply(reply) => serde_json::from_str::<Result<C::Reply, Problem>>(&reply).map_err(fault)?,
        Answer::Socket(_) => Err(fault("a command was answered with a socket")),
    }
}

/// Opens a live socket in a clinic.
pub async fn open_live(env: &Env, clinic: &ClinicCode, caller: &Caller) -> Result<Response, Problem> {
    let envelope = envelope(&OpenLive {}, caller, None).map_err(fault)?;
    let protocol = caller.key.as_ref().map(|_| proof::SOCKET_PROTOCOL);
    let handshake = || handshake_request(&envelope, protocol);
    match deliver(env, (CLINICS, clinic.as_str()), handshake).await? {
        Answer::Socket(socket) => Ok(socket),
        Answer::Reply(refusal) => match serde_json::from_str::<Result<Empty, Problem>>(&refusal) {
            Ok(Err(problem)) => Err(problem),
            _ => Err(fault("a socket was answered with a reply")),
        },
    }
}

/// Has a clinic's object set its alarm anew, by a clock that a test has moved.
#[cfg(feature = "trial")]
pub async fn tell_of_clock(env: &Env, clinic: &ClinicCode) -> Result<(), Problem> {
    let told = || {
        let request = command_request("")?;
        request.headers().set(crate::trial::CLOCK_HEADER, "moved")?;
        Ok(request)
    };
    deliver(env, (CLINICS, clinic.as_str()), told).await.map(drop)
}

/// What an object gives back.
enum Answer {
    Reply(String),
    Socket(Response),
}

fn fault(error: impl std::fmt::Display) -> Problem {
    console_error!("a command could not cross to its object: {error}");
    Problem::new(ProblemCode::Internal)
}

async fn deliver(
    env: &Env,
    object: Object<'_>,
    request: impl Fn() -> worker::Result<Request>,
) -> Result<Answer, Problem> {
    let mut tries_left = TRIES;
    loop {
        tries_left -= 1;
        // A stub is made anew each time: one that has failed stays broken.
        match try_to_deliver(env, object, &request).await {
            Ok(answer) => {
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
                console_error!("an object did not answer: {error}");
                return Err(Problem::new(ProblemCode::Internal));
            }
        }
    }
}

async fn try_to_deliver(
    env: &Env,
    (binding, name): Object<'_>,
    request: impl Fn() -> worker::Result<Request>,
) -> worker::Result<Answer> {
    let stub = env.durable_object(binding)?.id_from_name(name)?.get_stub()?;
    let request = request()?;
    #[cfg(feature = "trial")]
    crate::breaking::pass_on(request.headers())?;
    let mut response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200 => response.text().await.map(Answer::Reply),
        101 => Ok(Answer::Socket(response)),
        status => Err(Error::RustError(format!("status {status}"))),
    }
}

fn command_request(envelope: &str) -> worker::Result<Request> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(JsValue::from_str(envelope)));
    Request::new_with_init("https://clinic/command", &init)
}

fn handshake_request(envelope: &str, protocol: Option<&str>) -> worker::Result<Request> {
    let headers = Headers::new();
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
