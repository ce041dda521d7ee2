//! TLS for everything but databases: who is believed, and with which library.

#![allow(dead_code, reason = "the protocols come one by one")]

use crate::error::{Code, Error, Place, Result};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::ConfigVerifierExt;
use std::{path::Path, sync::Arc};

/// A client that believes the authorities of `ca_file`, or those of the system (`SSL_CERT_FILE` and `SSL_CERT_DIR` are
/// heard). Certificates and names are always verified.
///
/// # Errors
/// `Machine` where the file cannot be read; `Usage` where it holds no certificate.
pub fn client(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>> {
    provide();
    let Some(path) = ca_file else {
        let config = ClientConfig::with_platform_verifier().map_err(|cause| {
            Error::new(Code::NoAuthorities, format!("no certificate of an authority is at hand: {cause}"))
        })?;
        return Ok(Arc::new(config));
    };
    let pem = std::fs::read(path).map_err(|cause| Error::machine("read", path, cause))?;
    let mut roots = RootCertStore::empty();
    let unusable = |why: String| {
        let place = Place::file(&path.display().to_string());
        Error::new(Code::NoAuthorities, format!("{place} holds no usable certificate{why}")).about(place)
    };
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|cause| unusable(format!(": {cause}")))?;
        roots.add(certificate).map_err(|cause| unusable(format!(": {cause}")))?;
    }
    if roots.is_empty() {
        return Err(unusable(String::new()));
    }
    Ok(Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
}

/// The library that does the arithmetic, for all who ask rustls for its default. A second time changes nothing.
pub fn provide() {
    if CryptoProvider::get_default().is_none() {
        drop(rustls::crypto::ring::default_provider().install_default());
    }
}
