//! TLS for both channels of a session. What was wrong with a certificate is kept as a value, since suppaftp hands on
//! the text only.

use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
};
use suppaftp::{
    FtpError, FtpResult,
    tokio::{AsyncRustlsStream, AsyncTlsConnector},
    tokio_rustls::TlsConnector,
};
use tokio::net::TcpStream;

/// What the last handshake found wrong with a certificate.
#[derive(Debug, Clone, Default)]
pub(super) struct Distrust(Arc<Mutex<Option<String>>>);

impl Distrust {
    /// Takes it.
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().ok()?.take()
    }
}

/// Makes TLS of a connection. Both channels share one configuration, so that the second resumes the session of the
/// first, which servers demand.
pub(super) struct Handshake {
    connector: TlsConnector,
    distrust: Distrust,
}

impl Handshake {
    pub(super) fn new(config: Arc<ClientConfig>, distrust: Distrust) -> Self {
        Self { connector: TlsConnector::from(config), distrust }
    }

    async fn shake(&self, host: &str, stream: TcpStream) -> FtpResult<AsyncRustlsStream> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|cause| FtpError::SecureError(cause.to_string()))?;
        let made = self.connector.connect(name, stream).await;
        made.map(AsyncRustlsStream::from).map_err(|cause| {
            if let Some(why) = distrusted(&cause)
                && let Ok(mut last) = self.distrust.0.lock()
            {
                *last = Some(why);
            }
            FtpError::SecureError(cause.to_string())
        })
    }
}

/// What is wrong with the certificate, where that is what went wrong.
fn distrusted(cause: &io::Error) -> Option<String> {
    let cause = cause.get_ref()?.downcast_ref::<rustls::Error>()?;
    matches!(
        cause,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::InvalidCertRevocationList(_)
    )
    .then(|| cause.to_string())
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handshake")
    }
}

impl AsyncTlsConnector for Handshake {
    type Stream = AsyncRustlsStream;

    // What `async_trait`, with which the trait is declared, makes of an `async fn`.
    fn connect<'this, 'host, 'future>(
        &'this self,
        host: &'host str,
        stream: TcpStream,
    ) -> Pin<Box<dyn Future<Output = FtpResult<AsyncRustlsStream>> + Send + 'future>>
    where
        'this: 'future,
        'host: 'future,
        Self: 'future,
    {
        Box::pin(self.shake(host, stream))
    }
}
