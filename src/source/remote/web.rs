//! What `http:` and the object stores share: a client, when a way is too open, and why a request got no answer.

use crate::{
    error::{Code, Error, Result, printable},
    feed::Access,
    tls,
};
use reqwest::{Client, redirect::Policy};
use std::{error::Error as StdError, io, net::IpAddr};
use url::{Host, Url};

/// A client that waits no longer than the feed allows and believes whom the feed says.
///
/// # Errors
/// Those of [`tls::client`].
pub fn client(access: &Access, follow: Policy) -> Result<Client> {
    let tls = tls::client(access.ca_file.as_deref())?;
    Client::builder()
        .tls_backend_preconfigured((*tls).clone())
        .connect_timeout(access.timeout)
        .read_timeout(access.timeout)
        .redirect(follow)
        .referer(false)
        .user_agent(concat!("tieout/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|cause| Error::internal(format!("no client of HTTP: {}", deepest(&cause))))
}

/// Refuses a way that is not encrypted, unless it stays on this machine or the feed allows it.
///
/// # Errors
/// `Usage` where others could read along.
pub fn guard(url: &Url, insecure: bool) -> Result<()> {
    if !["http", "ftp"].contains(&url.scheme()) || insecure || is_loopback(url) {
        return Ok(());
    }
    Err(Error::new(
        Code::InsecureSource,
        format!("[source] {} is not encrypted, and lies on another machine", shown(url)),
    ))
}

/// Whether it lies on this machine.
pub fn is_loopback(url: &Url) -> bool {
    address(url).map_or_else(|| url.host_str() == Some("localhost"), |address| address.is_loopback())
}

/// The host's number, where it is no name.
pub fn address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// An address as messages may show it: no user, no password, no query, which may be a signature.
pub fn shown(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let host = url.host_str().unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), printable(host), printable(url.path()))
}

/// What a version is called, without the quotes that some servers leave out. A weak one keeps its mark.
pub fn version(etag: &str) -> String {
    etag.strip_prefix('"').and_then(|etag| etag.strip_suffix('"')).unwrap_or(etag).to_owned()
}

/// Whether two sayings of one thing agree; where one is missing, nothing contradicts.
pub fn agree<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// Why a request got no answer, or not all of one.
pub fn broken(cause: &reqwest::Error) -> (Code, String) {
    let certificate = chain(cause).find_map(certificate);
    let code = if certificate.is_some() {
        Code::SourceIdentity
    } else if cause.is_connect() {
        Code::SourceUnreachable
    } else if cause.is_timeout() {
        Code::SourceSilent
    } else if cause.is_redirect() {
        Code::SourceRefused
    } else {
        Code::TransferBroke
    };
    (code, certificate.unwrap_or_else(|| deepest(cause)))
}

/// What rustls says of a certificate that it does not believe. Errors of the system wrap it, one in the other, and do not
/// tell it as their source.
fn certificate(cause: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(wrapper) = cause.downcast_ref::<io::Error>() {
        return wrapper.get_ref().and_then(|inner| certificate(inner));
    }
    let tls = cause.downcast_ref::<rustls::Error>()?;
    matches!(tls, rustls::Error::InvalidCertificate(_)).then(|| printable(&tls.to_string()))
}

/// The causes beneath an error, and itself.
pub fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}

/// The last of the causes: those before it repeat each other.
fn deepest(error: &(dyn StdError + 'static)) -> String {
    let last = chain(error).last().unwrap_or(error);
    printable(&last.to_string())
}
