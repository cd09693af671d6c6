//! The live sockets of a clinic's object. They sleep beside it, and are told when what their screens show has changed.

use std::collections::BTreeSet;

use clinic::call::Audience;
use wasm_bindgen::JsValue;
use wire::{
    live::{Live, PING, PONG},
    proof,
};
use worker::{Response, Result, State, WebSocket, WebSocketPair, WebSocketRequestResponsePair};

/// The header in which the Worker hands the caller's envelope to the object: a handshake has no body.
pub const ENVELOPE_HEADER: &str = "Wardkey-Envelope";

/// More sockets than any clinic has screens.
const SOCKETS_MAX: usize = 1_000;
/// More sockets than one computer has tabs: whoever has step 1 behind them and nothing else must not take the others' places.
const SOCKETS_OF_COMPUTER_MAX: usize = 50;
/// RFC 6455 §7.4.1: the peer does what it must not.
const CLOSE_POLICY: u16 = 1008;
/// RFC 6455 §7.4.1: the ordinary end.
const CLOSE_NORMAL: u16 = 1000;

pub struct Sockets {
    state: State,
}

impl Sockets {
    pub fn new(state: State) -> Self {
        Self { state }
    }

    /// Whether there is room for no further socket that listens to these tags.
    pub fn are_full(&self, tags: &[String]) -> bool {
        let state = self.state.as_raw();
        let all = state.get_websockets().map_or(0, |sockets| sockets.len());
        let computer = tags.iter().find(|tag| tag.starts_with(Audience::COMPUTER));
        let beside = computer
            .and_then(|tag| state.get_websockets_with_tag(tag).ok())
            .map_or(0, |sockets| sockets.len());
        all >= SOCKETS_MAX || beside >= SOCKETS_OF_COMPUTER_MAX
    }

    /// Opens a socket that listens to some tags, and lets the object sleep beside it.
    ///
    /// `agreed` is the protocol that the browser offered first, if it offered any: it wants to hear it again.
    pub fn accept(&self, tags: Vec<String>, agreed: Option<&str>) -> Result<Response> {
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        // Not through the bindings' own methods: they panic where the platform throws.
        let state = self.state.as_raw();
        // The platform answers by itself, and lets the object sleep.
        state.set_websocket_auto_response(&WebSocketRequestResponsePair::new(PING, PONG)?)?;
        state.accept_websocket_with_tags(server.as_ref(), tags.into_iter().map(JsValue::from).collect())?;
        let response = Response::from_websocket(client)?;
        if let Some(protocol) = agreed {
            response.headers().set(proof::SOCKET_HEADER, protocol)?;
        }
        Ok(response)
    }

    /// Tells everybody who listens to one of the tags. A socket that is dead hinders nobody.
    pub fn tell(&self, tags: &BTreeSet<String>) {
        let state = self.state.as_raw();
        for tag in tags {
            let told = if tag == Audience::LOG { Live::NewActivity } else { Live::LookAgain };
            let Ok(message) = serde_json::to_string(&told) else { continue };
            for socket in state.get_websockets_with_tag(tag).unwrap_or_default() {
                let own: BTreeSet<String> = state.get_tags(&socket).into_iter().flatten().collect();
                // Whoever listens to several of them is told once, for the sake of the first.
                if own.intersection(tags).next() == Some(tag) {
                    let _ = WebSocket::from(socket).send_with_str(&message);
                }
            }
        }
    }
}

/// Hangs up on whoever talks: the socket takes no messages, and each one wakes the object.
pub fn hang_up(socket: &WebSocket) {
    let _ = socket.close(Some(CLOSE_POLICY), None::<&str>);
}

/// Answers a browser that goes, or it would see its socket break.
pub fn say_goodbye(socket: &WebSocket) {
    let _ = socket.close(Some(CLOSE_NORMAL), None::<&str>);
}
