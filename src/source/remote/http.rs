//! `http:` and `https:`: one file, or what a page lists. Nothing is moved or removed there.
//!
//! - `page`: which files a page lists
//! - `answer`: what an answer's head says

mod answer;
mod page;

use super::{Download, Remote, RemoteFile, web};
use crate::{
    error::{Code, Error, Result},
    feed::{Access, Secret},
};
use answer::Head;
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};
use reqwest::{
    Client, Method, Response,
    header::{HeaderMap, HeaderValue, IF_RANGE, RANGE},
    redirect::{Attempt, Policy},
};
use url::Url;

/// How long a page may be that lists files.
const LONGEST_PAGE: usize = 16 << 20;

/// So many files are asked for at once: a page tells neither lengths nor times.
const AT_ONCE: usize = 8;

/// A folder with a page that lists it, or one file.
struct Http {
    client: Client,
    access: Access,
    /// The page that lists its files; none where the feed's address is the file.
    page: Option<Url>,
}

/// Prepares the requests of a feed; the first one will show whether there is such a server.
///
/// # Errors
/// `Usage` where the way is open to others, or certificates cannot be had.
pub fn connect(access: &Access) -> Result<Box<dyn Remote>> {
    web::guard(&access.url, access.insecure)?;
    let client = web::client(access, Policy::custom(follow))?;
    let own = || access.url.path().ends_with('/').then(|| access.url.clone());
    let page = access.list.clone().or_else(own);
    Ok(Box::new(Http { client, access: access.clone(), page }))
}

/// A redirection stays with its server, or is encrypted. The client sends no password to another server.
fn follow(attempt: Attempt) -> reqwest::redirect::Action {
    let stays = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
    if attempt.previous().len() > 5 {
        attempt.error("it redirects again and again")
    } else if stays || attempt.url().scheme() == "https" {
        attempt.follow()
    } else {
        attempt.error("it redirects to a way that is not encrypted")
    }
}

impl Http {
    /// One request and its answer, whatever its status.
    async fn ask(&self, method: Method, url: &Url, headers: HeaderMap) -> Result<Response> {
        let mut request = self.client.request(method, url.clone()).headers(headers);
        if let Some(user) = &self.access.user {
            request = request.basic_auth(user, self.access.password.as_ref().map(Secret::reveal));
        }
        request.send().await.map_err(|cause| broken(url, &cause))
    }

    /// What the server says of a file; none where it says that it has none.
    async fn head(&self, url: &Url) -> Result<Option<Head>> {
        let mut response = self.ask(Method::HEAD, url, HeaderMap::new()).await?;
        if matches!(response.status().as_u16(), 405 | 501) {
            // This one wants to be asked for the file itself; its body is left unread.
            response = self.ask(Method::GET, url, HeaderMap::new()).await?;
        }
        if matches!(response.status().as_u16(), 404 | 410) {
            return Ok(None);
        }
        answer::check(url, &response)?;
        Ok(Some(Head::of(&response)))
    }

    async fn listed(&self) -> Result<Vec<RemoteFile>> {
        let Some(page) = &self.page else {
            let url = &self.access.url;
            let name =
                page::name(url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default());
            return Ok(self.head(url).await?.map(|head| head.file(name, url)).into_iter().collect());
        };
        let mut response = self.ask(Method::GET, page, HeaderMap::new()).await?;
        if matches!(response.status().as_u16(), 404 | 410) {
            return Err(Error::new(Code::NoSuchFolder, format!("{} is not there", web::shown(page))));
        }
        answer::check(page, &response)?;
        if response.url().path() != page.path() {
            let what = format!("{} led to {}", web::shown(page), web::shown(response.url()));
            return Err(Error::new(Code::NoList, what));
        }
        let kind = Head::of(&response).kind;
        let mut text = Vec::new();
        let mut body = Body::of(&mut response, page)?;
        while let Some(bytes) = body.next(&mut response).await? {
            text.extend_from_slice(&bytes);
            if text.len() > LONGEST_PAGE {
                let what = format!("{} is longer than {LONGEST_PAGE} bytes", web::shown(page));
                return Err(Error::new(Code::NoList, what));
            }
        }
        let files = page::files(page, &self.access.url, &kind, &text)?;
        let looks = stream::iter(files).map(|(name, url)| async move {
            let head = match self.head(&url).await {
                // Nothing is known of it, and perhaps nobody wants it. Who does will hear why.
                Err(cause) if cause.code() == Code::SourceRefused => Some(Head::default()),
                other => other?,
            };
            Ok(head.map(|head| head.file(name, &url)))
        });
        // A page may be older than its folder: what it lists and is not there is no file.
        looks.buffer_unordered(AT_ONCE).filter_map(|looked| async { looked.transpose() }).try_collect().await
    }

    async fn begin(&self, file: &RemoteFile, from: u64) -> Result<Box<dyn Download + '_>> {
        let url = address(file)?;
        let mut headers = HeaderMap::new();
        if from > 0 {
            let validator = answer::validator(file).and_then(|text| HeaderValue::from_str(&text).ok());
            let validator = validator.ok_or_else(|| {
                let what = format!("{} has no version by which it could be resumed", web::shown(&url));
                Error::new(Code::SourceRefused, what)
            })?;
            headers.insert(IF_RANGE, validator);
            headers.insert(RANGE, HeaderValue::from_str(&format!("bytes={from}-")).map_err(Error::internal)?);
        }
        let mut response = self.ask(Method::GET, &url, headers).await?;
        if matches!(response.status().as_u16(), 404 | 410) {
            return Err(gone(&url));
        }
        answer::check(&url, &response)?;
        let head = Head::of(&response);
        if !head.is_of(file) || head.begins > from || (head.begins < from && head.begins > 0) {
            return Err(Error::new(
                Code::StillWritten,
                format!("{} is not the one that was listed", web::shown(&url)),
            ));
        }
        let body = Body::of(&mut response, &url)?;
        // A server that knows no ranges begins at the start: those bytes are there already.
        Ok(Box::new(HttpDownload { response, body, skip: from - head.begins }))
    }
}

impl Remote for Http {
    fn list(&mut self) -> BoxFuture<'_, Result<Vec<RemoteFile>>> {
        self.listed().boxed()
    }

    fn look<'a>(&'a mut self, file: &'a RemoteFile) -> BoxFuture<'a, Result<RemoteFile>> {
        async {
            let url = address(file)?;
            let head = self.head(&url).await?.ok_or_else(|| gone(&url))?;
            Ok(head.file(file.name.clone(), &url))
        }
        .boxed()
    }

    fn open<'a>(
        &'a mut self,
        file: &'a RemoteFile,
        from: u64,
    ) -> BoxFuture<'a, Result<Box<dyn Download + 'a>>> {
        self.begin(file, from).boxed()
    }

    fn archive<'a>(&'a mut self, _: &'a RemoteFile, _: &'a str) -> BoxFuture<'a, Result<()>> {
        async { Err(Error::internal("nothing can be moved over http")) }.boxed()
    }

    fn delete<'a>(&'a mut self, _: &'a RemoteFile) -> BoxFuture<'a, Result<()>> {
        async { Err(Error::internal("nothing can be removed over http")) }.boxed()
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        async {}.boxed()
    }
}

fn address(file: &RemoteFile) -> Result<Url> {
    Url::parse(&file.address).map_err(Error::internal)
}

fn gone(url: &Url) -> Error {
    Error::new(Code::SourceRefused, format!("{} is no longer there", web::shown(url)))
}

fn broken(url: &Url, cause: &reqwest::Error) -> Error {
    let (code, why) = web::broken(cause);
    Error::new(code, format!("{}: {why}", web::shown(url)))
}

/// The body of an answer, which must end where its server says.
struct Body {
    /// For messages.
    shown: String,
}

impl Body {
    /// # Errors
    /// `Fetch` where its end would be only the end of the connection, which a cut is too.
    fn of(response: &mut Response, url: &Url) -> Result<Self> {
        let shown = web::shown(url);
        if answer::tells_its_end(response) {
            return Ok(Self { shown });
        }
        Err(Error::new(Code::TransferBroke, format!("{shown}: the server does not say how long it is")))
    }

    async fn next(&mut self, response: &mut Response) -> Result<Option<Bytes>> {
        response.chunk().await.map_err(|cause| {
            let (code, why) = web::broken(&cause);
            Error::new(code, format!("{}: {why}", self.shown))
        })
    }
}

/// A file that is being read. The client fails where a body is shorter than its head says.
struct HttpDownload {
    response: Response,
    body: Body,
    /// How many bytes of it are there already.
    skip: u64,
}

impl Download for HttpDownload {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>>> {
        async {
            loop {
                let Some(mut bytes) = self.body.next(&mut self.response).await? else {
                    return Ok(None);
                };
                let skipped = self.skip.min(bytes.len() as u64);
                self.skip -= skipped;
                // No more than the length of these bytes.
                drop(bytes.split_to(usize::try_from(skipped).map_err(Error::internal)?));
                if !bytes.is_empty() {
                    return Ok(Some(bytes));
                }
            }
        }
        .boxed()
    }
}
