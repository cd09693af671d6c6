//! The thin shell: HTTP comes in, commands go to the clinic's Durable Object, replies and mails go out.
//!
//! Nothing here decides anything about a clinic. A request can make nothing panic: that would reset the whole instance.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing
    )
)]

mod analytics;
#[cfg(feature = "trial")]
mod breaking;
mod clinic_object;
mod clinics;
mod config;
mod cookies;
mod headers;
mod incoming;
mod journal;
mod limits;
mod live;
mod mail;
mod metrics;
mod openapi;
mod password;
mod probe;
mod problem;
mod proof;
mod reply;
mod router;
mod routes;
mod sql;
mod support_desk;
#[cfg(feature = "trial")]
mod trial;
mod visit;
mod world;

pub use clinic_object::ClinicObject;
pub use support_desk::SupportDeskObject;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wire::{Problem, ProblemCode};
use worker::{Context, Env, Request, Response, Result, event, web_sys};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    #[cfg(feature = "trial")]
    let plan = breaking::Plan::of(&request);
    let work = router::answer(request, &env);
    #[cfg(feature = "trial")]
    let work = breaking::within(plan, work);
    work.await
}

/// What everybody is told under whose request the program broke. Called in a life that has just begun.
#[wasm_bindgen]
pub fn apologise(head: bool) -> std::result::Result<web_sys::Response, JsValue> {
    let reply = reply::Reply::problem(&Problem::new(ProblemCode::Internal));
    Ok(reply.into_response(head)?.into())
}
