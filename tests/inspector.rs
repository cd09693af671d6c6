//! What the runtime says of its own memory, over the protocol that tools for developers speak with it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};
use wire::{Empty, health::GetHealth};

use crate::{Client, Wardkey};

/// How long an answer is waited for until the isolate is woken, and how often it is.
const ANSWER_PATIENCE: Duration = Duration::from_millis(200);
const LOOKS: u32 = 20;

/// A look into one isolate.
pub struct Inspector {
    socket: WebSocketStream<TcpStream>,
    asked: u64,
    waker: Client,
}

/// What JavaScript's heap holds, in bytes.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heap {
    /// What the heap has taken of the system, of which some is free.
    pub total_size: f64,
    /// Buffers beside it; WebAssembly's memories are none of them.
    #[serde(default)]
    pub backing_storage_size: f64,
}

impl Heap {
    /// All of it.
    pub fn bytes(self) -> f64 {
        self.total_size + self.backing_storage_size
    }
}

impl Inspector {
    /// Looks into the isolate of a service of a Wardkey that lets one.
    pub async fn open(wardkey: &Wardkey, service: &str) -> Result<Self> {
        let address = wardkey.inspector().context("nobody may look into it")?;
        let stream = TcpStream::connect(address).await?;
        let (socket, _) = client_async(format!("ws://{address}/{service}"), stream).await?;
        Ok(Self { socket, asked: 0, waker: Client::new(wardkey.origin())? })
    }

    /// What the heap holds just now.
    pub async fn heap(&mut self) -> Result<Heap> {
        Ok(serde_json::from_value(self.ask("Runtime.getHeapUsage").await?)?)
    }

    /// Has the isolate let go of what nobody needs.
    pub async fn collect_garbage(&mut self) -> Result<()> {
        self.ask("HeapProfiler.collectGarbage").await.map(drop)
    }

    async fn ask(&mut self, method: &str) -> Result<Value> {
        self.asked += 1;
        let request = json!({ "id": self.asked, "method": method, "params": {} });
        self.socket.send(Message::text(request.to_string())).await?;
        for _ in 0..LOOKS {
            if let Ok(told) = timeout(ANSWER_PATIENCE, self.answer()).await {
                return told;
            }
            // An isolate that has nothing to do does not look.
            self.waker.call::<GetHealth>(&Empty {}).await?;
        }
        bail!("{method} was not answered")
    }

    async fn answer(&mut self) -> Result<Value> {
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else { continue };
            let mut told: Value = serde_json::from_str(&text)?;
            if told["error"].is_object() {
                bail!("{}", told["error"]);
            }
            if told["id"] == self.asked {
                return Ok(told["result"].take());
            }
        }
        bail!("the runtime has hung up")
    }
}
