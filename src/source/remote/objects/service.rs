//! The way to an object store and to those who give credentials for it: the library's requests pass here, so that what
//! a server answered is known by its status and its own code, and nothing goes in clear where it must not.

use super::{super::web, listing};
use bytes::Bytes;
use futures_util::{StreamExt, future::BoxFuture};
use object_store::{
    ClientOptions,
    client::{HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService},
};
use reqwest::Client;
use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use url::Url;

/// How long a machine's own cloud may take to give credentials: it is one hop away, or not there.
const METADATA: Duration = Duration::from_secs(3);

/// How long a page of a listing may be: it holds a thousand keys, or five thousand in Azure.
const LONGEST_LISTING: usize = 32 << 20;

/// How much of a refusal is read.
const LONGEST_REFUSAL: usize = 64 << 10;

/// The last answer that was a refusal.
#[derive(Debug, Clone, Default)]
pub struct StoreRefusal {
    /// Who was asked last.
    pub host: String,
    /// Whether that is the machine's own cloud, which gives credentials.
    pub metadata: bool,
    /// The status, where it was no success.
    pub status: Option<u16>,
    /// The server's own code of it, such as `AccessDenied`.
    pub code: Option<String>,
    /// Where S3 says that the bucket is.
    pub region: Option<String>,
}

/// Makes the clients of one source; they share what is remembered.
#[derive(Debug, Clone)]
pub struct Connector {
    client: Client,
    insecure: bool,
    last: Arc<Mutex<StoreRefusal>>,
    /// Keys that were listed, and that the library cannot ask for.
    hostile: Arc<Mutex<Vec<String>>>,
}

impl Connector {
    /// With this client of HTTP; `insecure`: a way may be open to others.
    pub fn new(client: Client, insecure: bool) -> Self {
        Self { client, insecure, last: Arc::default(), hostile: Arc::default() }
    }

    /// What was answered last.
    pub fn last(&self) -> StoreRefusal {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys that were listed since this was asked last, and that cannot be asked for.
    pub fn take_hostile(&self) -> Vec<String> {
        std::mem::take(&mut self.hostile.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A page of a listing without what would end it.
    async fn sifted(&self, response: HttpResponse) -> Result<HttpResponse, HttpError> {
        let (head, body) = response.into_parts();
        let body = start(body.bytes_stream(), LONGEST_LISTING).await?;
        let (kept, keys) = listing::sift(&String::from_utf8_lossy(&body));
        self.hostile.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
        Ok(HttpResponse::from_parts(head, kept.into()))
    }

    fn note(&self, refusal: StoreRefusal) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = refusal;
    }

    async fn request(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let failed = |kind, why: &str| HttpError::new(kind, io::Error::other(why.to_owned()));
        let url = Url::parse(&request.uri().to_string())
            .map_err(|_| failed(HttpErrorKind::Unknown, "this is no address"))?;
        let metadata = is_metadata(&url);
        let lists = is_listing(&url);
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut refusal = StoreRefusal { host, metadata, ..StoreRefusal::default() };
        self.note(refusal.clone());
        if !metadata && web::guard(&url, self.insecure).is_err() {
            return Err(failed(HttpErrorKind::Unknown, "the way there is not encrypted"));
        }
        let response = if metadata {
            let response = tokio::time::timeout(METADATA, self.client.call(request)).await;
            response.map_err(|_| failed(HttpErrorKind::Connect, "no answer"))?
        } else {
            self.client.call(request).await
        }?;
        if response.status().is_success() {
            return if lists { self.sifted(response).await } else { Ok(response) };
        }
        let (head, body) = response.into_parts();
        let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        let body = start(body.bytes_stream(), LONGEST_REFUSAL).await?;
        refusal.status = Some(head.status.as_u16());
        refusal.code = code(&body).or_else(|| header("x-ms-error-code").and_then(word));
        refusal.region = header("x-amz-bucket-region").and_then(word);
        self.note(refusal);
        Ok(HttpResponse::from_parts(head, String::from_utf8_lossy(&body).into_owned().into()))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

impl HttpService for Connector {
    fn call<'life, 'result>(
        &'life self,
        request: HttpRequest,
    ) -> BoxFuture<'result, Result<HttpResponse, HttpError>>
    where
        'life: 'result,
        Self: 'result,
    {
        Box::pin(self.request(request))
    }
}

/// Whether a request lists keys: of S3 and GCS, or of Azure.
fn is_listing(url: &Url) -> bool {
    url.query_pairs().any(|(name, value)| matches!((&*name, &*value), ("list-type", "2") | ("comp", "list")))
}

/// Whether it is one of the addresses by which a cloud gives its own machines credentials, in clear.
fn is_metadata(url: &Url) -> bool {
    match web::address(url) {
        Some(IpAddr::V4(address)) => address.is_link_local(),
        Some(IpAddr::V6(address)) => address.segments()[..2] == [0xfd00, 0x0ec2],
        None => url.host_str() == Some("metadata.google.internal"),
    }
}

/// What a body begins with, this long at most.
async fn start(
    mut body: impl futures_util::Stream<Item = Result<Bytes, HttpError>> + Unpin,
    most: usize,
) -> Result<Vec<u8>, HttpError> {
    let mut start = Vec::new();
    while let Some(bytes) = body.next().await {
        start.extend_from_slice(&bytes?);
        if start.len() > most {
            start.truncate(most);
            break;
        }
    }
    Ok(start)
}

/// The code in a refusal: an element of the XML of S3, GCS, Azure and STS, or a field of the JSON of OAuth.
fn code(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    if let Some((_, rest)) = text.split_once("<Code>") {
        return word(rest.split_once("</Code>")?.0);
    }
    let json: serde_json::Value = serde_json::from_str(&text).ok()?;
    let error = json.get("error")?;
    word(error.as_str().or_else(|| error.get("status")?.as_str())?)
}

/// A code is a word, and nothing else is passed on.
fn word(text: &str) -> Option<String> {
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    (is_word && (1..=64).contains(&text.len())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_every_store_s_way_to_refuse_and_is_a_word() {
        for (body, expected) in [
            (
                "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>x</Message></Error>",
                Some("NoSuchBucket"),
            ),
            (
                "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredTokenException</Code></Error></ErrorResponse>",
                Some("ExpiredTokenException"),
            ),
            ("{\"error\":\"invalid_grant\",\"error_description\":\"x\"}", Some("invalid_grant")),
            ("{\"error\":{\"code\":403,\"status\":\"PERMISSION_DENIED\"}}", Some("PERMISSION_DENIED")),
            ("<Code>AKIA secret</Code>", None),
            ("<Code></Code>", None),
            ("<html>", None),
        ] {
            assert_eq!(code(body.as_bytes()).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn only_a_machine_s_own_cloud_gives_credentials_in_clear() {
        let is = |url: &str| is_metadata(&Url::parse(url).unwrap());
        assert!(
            is("http://169.254.169.254/latest")
                && is("http://169.254.170.2/x")
                && is("http://[fd00:ec2::23]/")
        );
        assert!(is("http://metadata.google.internal/x"));
        assert!(
            !is("http://10.0.0.1/") && !is("http://169.254.169.254.example/") && !is("http://[fd00:ec3::1]/")
        );
    }
}
