//! The live socket: a handshake that passes the checks of a change, for a browser that a clinic knows.

use wire::{Method, Problem, ProblemCode};
use worker::Response;

use crate::{config::Config, incoming::Incoming, reply::Reply, visit::Visit};

/// Opens the socket, or says why not.
pub async fn open(
    config: &Config,
    method: &str,
    request: &Incoming,
    visit: &Visit<'_>,
) -> Result<Response, Reply> {
    if !matches!(method, "GET" | "HEAD") {
        return Err(Reply::method_not_allowed(Method::Get));
    }
    let handshake = || async {
        let upgrade = request.header("Upgrade");
        if method != "GET" || !upgrade.is_some_and(|to| to.eq_ignore_ascii_case("websocket")) {
            return Err(Problem::new(ProblemCode::MalformedRequest));
        }
        // Cookies come with a handshake from any site's page, and no other rule keeps that page from reading what is told.
        request.check_origin(config)?;
        visit.open_live().await
    };
    handshake().await.map_err(|problem| Reply::problem(&problem))
}
