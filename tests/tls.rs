//! Speaks TLS for a client that does not, and trusts one certificate alone.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
};
use tokio_rustls::TlsConnector;

/// An open way. Dropped, it is shut.
pub struct TlsWay {
    url: String,
    serving: JoinHandle<()>,
}

impl TlsWay {
    /// A way to a port of `localhost` that must have this certificate, from an address of this computer.
    pub async fn open(port: u16, certificate: &Path, from: IpAddr) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(certificate).context("the certificate can't be read")?)?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = TlsConnector::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://localhost:{}", listener.local_addr()?.port());
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let serving = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let connector = connector.clone();
                tokio::spawn(async move {
                    let far = connect(from, to).await?;
                    let mut far = connector.connect(ServerName::try_from("localhost")?, far).await?;
                    copy_bidirectional(&mut near, &mut far).await.context("broken off")
                });
            }
        });
        Ok(Self { url, serving })
    }

    /// Its near end.
    pub fn url(&self) -> String {
        self.url.clone()
    }
}

impl Drop for TlsWay {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn connect(from: IpAddr, to: SocketAddr) -> Result<tokio::net::TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    Ok(socket.connect(to).await?)
}
