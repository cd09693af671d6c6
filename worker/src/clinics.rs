//! Asks a clinic's object. Its name is the clinic's code, so that no directory stands in the way of a login.

use clinic::{Caller, clinic::envelope, commands::Command};
use wasm_bindgen::JsValue;
use wire::{Problem, ProblemCode, fields::ClinicCode};
use worker::{Env, Error, Method, Request, RequestInit, console_error, js_sys::Reflect};

use crate::world;

/// The binding of the clinics' objects.
const BINDING: &str = "CLINICS";
/// How often a read is asked again when the object was moved or restarted under it.
const READ_TRIES: u32 = 3;
const READ_RETRY_MILLIS: u32 = 100;
const OVERLOADED_RETRY_SECONDS: u32 = 2;

/// Whether asking twice would do no harm.
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
    let fault = |error: &dyn std::fmt::Display| {
        console_error!("a command could not cross to its clinic: {error}");
        Problem::new(ProblemCode::Internal)
    };
    let envelope = envelope(command, caller).map_err(|error| fault(&error))?;
    let answer = deliver(env, clinic, &envelope, purpose).await?;
    let answer: Result<C::Reply, Problem> = serde_json::from_str(&answer).map_err(|error| fault(&error))?;
    answer
}

async fn deliver(
    env: &Env,
    clinic: &ClinicCode,
    envelope: &str,
    purpose: Purpose,
) -> Result<String, Problem> {
    let mut tries_left = if purpose == Purpose::Read { READ_TRIES } else { 1 };
    loop {
        tries_left -= 1;
        // A stub is made anew each time: one that has failed stays broken.
        match try_to_deliver(env, clinic, envelope).await {
            Ok(answer) => return Ok(answer),
            Err(error) if flag(&error, "overloaded") => {
                return Err(Problem::new(ProblemCode::Busy).retry_after(OVERLOADED_RETRY_SECONDS));
            }
            Err(error) if flag(&error, "retryable") && tries_left > 0 => {
                world::sleep(world::jittered(READ_RETRY_MILLIS)).await;
            }
            Err(error) => {
                console_error!("a clinic's object did not answer: {error}");
                return Err(Problem::new(ProblemCode::Internal));
            }
        }
    }
}

async fn try_to_deliver(env: &Env, clinic: &ClinicCode, envelope: &str) -> worker::Result<String> {
    let stub = env.durable_object(BINDING)?.id_from_name(clinic.as_str())?.get_stub()?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(JsValue::from_str(envelope)));
    let request = Request::new_with_init("https://clinic/command", &init)?;
    let mut response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200 => response.text().await,
        status => Err(Error::RustError(format!("status {status}"))),
    }
}

/// A property that the platform sets on errors of objects.
fn flag(error: &Error, name: &str) -> bool {
    let flag = Reflect::get(&error.to_js_value(), &JsValue::from_str(name));
    flag.is_ok_and(|flag| flag.is_truthy())
}
