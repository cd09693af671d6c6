//! The way to the mail API, which can be cut: nobody listens there then, and connections are refused.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use xtask::runtime;

/// An address of this computer, behind which something listens while the way is open.
pub struct Forwarder {
    port: u16,
    open: Option<JoinHandle<()>>,
}

impl Forwarder {
    /// A way that is cut still.
    pub fn cut() -> Result<Self> {
        Ok(Self { port: runtime::free_port()?, open: None })
    }

    /// The address that is given to whoever sends mails.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Opens the way to an address.
    pub async fn open(&mut self, to: SocketAddr) -> Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await;
        let listener = listener.context("the way to the mail API can't be opened")?;
        self.open = Some(tokio::spawn(async move {
            // They end with this task.
            let mut connections = JoinSet::new();
            loop {
                let Ok((mut from, _)) = listener.accept().await else {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                };
                connections.spawn(async move {
                    if let Ok(mut there) = TcpStream::connect(to).await {
                        // Either end may break off; that is what it is for.
                        let _ = copy_bidirectional(&mut from, &mut there).await;
                    }
                });
            }
        }));
        Ok(())
    }

    /// Cuts it, and the connections that stand.
    pub async fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
            let _ = open.await;
        }
    }
}
