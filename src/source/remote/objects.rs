//! Object stores: S3 and what speaks like it, GCS, Azure. A folder is a prefix, and a file is a key right below it.
//!
//! - `stores`: which store, and with whose credentials
//! - `profile`: the files of AWS that hold some
//! - `service`: the way there
//! - `listing`: keys that cannot be asked for
//! - `refusals`: what an answer means

mod listing;
mod profile;
mod refusals;
mod service;
mod stores;

use super::{Download, Remote, RemoteFile, web};
use crate::{
    error::{Code, Error, Result, printable},
    feed::Access,
};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
use jiff::Timestamp;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, path::Path};
use refusals::Doing;
use service::Connector;
use std::sync::Arc;

/// A prefix of a bucket or container.
struct Objects {
    store: Arc<dyn ObjectStore>,
    /// Without slashes at either end.
    prefix: Path,
    connector: Connector,
    /// The feed's address, for messages.
    shown: String,
}

/// Prepares the store of a feed; the first request will show whether it lets this user in.
///
/// # Errors
/// `Usage` or `Fetch` where the feed and the environment cannot lead there.
pub fn connect(access: &Access) -> Result<Box<dyn Remote>> {
    let shown = web::shown(&access.url);
    let client = web::client(access, reqwest::redirect::Policy::none())?;
    let connector = Connector::new(client, access.insecure);
    let store = stores::build(access, &connector)?;
    let prefix = access.url.path().strip_prefix('/').unwrap_or_default();
    let prefix = Path::from_url_path(prefix).ok().filter(|_| !prefix.starts_with('/')).ok_or_else(|| {
        Error::new(Code::RemoteName, format!("[source] {shown} is no prefix that can be asked for"))
    })?;
    Ok(Box::new(Objects { store, prefix, connector, shown }))
}

impl Objects {
    fn failed(&self, doing: Doing, cause: &object_store::Error) -> Error {
        refusals::error(&self.shown, doing, cause, &self.connector.last())
    }

    fn gone(&self, file: &RemoteFile) -> Error {
        let what = format!("{} is no longer in {}", printable(&file.name), self.shown);
        Error::new(Code::SourceRefused, what)
    }

    fn changed(&self, file: &RemoteFile) -> Error {
        let what = format!("{} in {} is not the one that was listed", printable(&file.name), self.shown);
        Error::new(Code::StillWritten, what)
    }

    fn path(&self, key: &str) -> Result<Path> {
        let unusable = |cause: object_store::path::Error| {
            self.failed(Doing::Name, &object_store::Error::InvalidPath { source: cause })
        };
        Path::parse(key).map_err(unusable)
    }

    /// A file whose key cannot be asked for: who wants it is told.
    fn unusable(&self, key: String) -> RemoteFile {
        let name = key.strip_prefix(self.prefix.as_ref()).unwrap_or(&key).trim_start_matches('/').to_owned();
        RemoteFile { name, address: key, bytes: None, modified: None, version: None }
    }

    /// A key as it is now; none where there is none.
    async fn head(&self, key: &Path, name: &str) -> Result<Option<ObjectMeta>> {
        match self.store.head(key).await {
            Ok(meta) => Ok(Some(meta)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(cause) => Err(self.failed(Doing::Look(name), &cause)),
        }
    }

    /// Removes a file that is the one that was listed; one that is not there any more is removed.
    async fn remove(&self, key: &Path, file: &RemoteFile) -> Result<()> {
        match self.head(key, &file.name).await? {
            None => Ok(()),
            Some(meta) if !is_same(&described(&meta), file) => Err(self.changed(file)),
            Some(_) => {
                self.store.delete(key).await.map_err(|cause| self.failed(Doing::Delete(&file.name), &cause))
            }
        }
    }

    /// Copies to a key that nothing had a moment ago, and still must not have.
    async fn copy(&self, from: &Path, to: &Path, file: &RemoteFile) -> Result<()> {
        let cause = match self.store.copy_if_not_exists(from, to).await {
            Ok(()) => return Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => return Err(self.taken(to)),
            Err(cause) => cause,
        };
        // Some stores know no condition on a copy; all that is left there is the look before.
        let unknown = self.connector.last().status == Some(501);
        let copied = if unknown { self.store.copy(from, to).await } else { Err(cause) };
        copied.map_err(|cause| self.failed(Doing::Archive(&file.name), &cause))
    }

    fn taken(&self, to: &Path) -> Error {
        Error::new(
            Code::ArchiveTaken,
            format!("{} has a file {} already", self.shown, printable(to.as_ref())),
        )
    }

    async fn move_to(&self, file: &RemoteFile, folder: &str) -> Result<()> {
        let from = self.path(&file.address)?;
        let beside = if folder.starts_with('/') { "" } else { self.prefix.as_ref() };
        let to = self.path(&format!("{beside}/{}/{}", folder.trim_matches('/'), file.name))?;
        match (self.head(&from, &file.name).await?, self.head(&to, &file.name).await?) {
            // A run that died had moved it, or had copied it.
            (None, Some(there)) if Some(there.size) == file.bytes => return Ok(()),
            (None, _) => return Err(self.gone(file)),
            (Some(here), Some(there)) if is_copy(&here, &there) => {}
            (Some(_), Some(_)) => return Err(self.taken(&to)),
            (Some(here), None) => {
                if !is_same(&described(&here), file) {
                    return Err(self.changed(file));
                }
                self.copy(&from, &to, file).await?;
                if self.head(&to, &file.name).await?.is_none_or(|there| there.size != here.size) {
                    let what = format!("{} was not copied whole to {}", printable(&file.name), folder);
                    return Err(Error::new(Code::TransferBroke, what));
                }
            }
        }
        self.remove(&from, file).await
    }

    async fn begin(&self, file: &RemoteFile, from: u64) -> Result<Box<dyn Download + '_>> {
        let options = GetOptions {
            if_match: file.version.as_ref().map(|version| format!("\"{version}\"")),
            range: (from > 0).then_some(GetRange::Offset(from)),
            ..GetOptions::default()
        };
        let result = match self.store.get_opts(&self.path(&file.address)?, options).await {
            Ok(result) => result,
            Err(object_store::Error::NotFound { .. }) => return Err(self.gone(file)),
            Err(object_store::Error::Precondition { .. }) => return Err(self.changed(file)),
            Err(cause) => return Err(self.failed(Doing::Read(&file.name), &cause)),
        };
        let begins = result.range.start == from && result.range.end == result.meta.size;
        if !begins || !is_same(&described(&result.meta), file) {
            return Err(self.changed(file));
        }
        let left = result.range.end - result.range.start;
        Ok(Box::new(ObjectDownload {
            objects: self,
            name: file.name.clone(),
            stream: result.into_stream(),
            left,
        }))
    }
}

impl Remote for Objects {
    fn list(&mut self) -> BoxFuture<'_, Result<Vec<RemoteFile>>> {
        async {
            // Those of a listing that failed.
            drop(self.connector.take_hostile());
            let listed = self.store.list_with_delimiter(Some(&self.prefix)).await;
            let listed = listed.map_err(|cause| self.failed(Doing::List, &cause))?;
            // A key that is the prefix itself stands for an empty folder.
            let files = listed.objects.iter().filter(|meta| meta.location != self.prefix).map(described);
            Ok(files.chain(self.connector.take_hostile().into_iter().map(|key| self.unusable(key))).collect())
        }
        .boxed()
    }

    fn look<'a>(&'a mut self, file: &'a RemoteFile) -> BoxFuture<'a, Result<RemoteFile>> {
        async {
            let meta = self.head(&self.path(&file.address)?, &file.name).await?;
            meta.as_ref().map(described).ok_or_else(|| self.gone(file))
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

    fn archive<'a>(&'a mut self, file: &'a RemoteFile, folder: &'a str) -> BoxFuture<'a, Result<()>> {
        self.move_to(file, folder).boxed()
    }

    fn delete<'a>(&'a mut self, file: &'a RemoteFile) -> BoxFuture<'a, Result<()>> {
        async { self.remove(&self.path(&file.address)?, file).await }.boxed()
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        async {}.boxed()
    }
}

/// An object that is being read.
struct ObjectDownload<'a> {
    objects: &'a Objects,
    name: String,
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    /// How many bytes are still to come.
    left: u64,
}

impl Download for ObjectDownload<'_> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>>> {
        async {
            let broke = |why: &str| {
                let what = format!("{} of {}: {why}", printable(&self.name), self.objects.shown);
                Error::new(Code::TransferBroke, what)
            };
            loop {
                match self.stream.next().await {
                    Some(Ok(bytes)) if bytes.is_empty() => {}
                    Some(Ok(bytes)) => {
                        let left = self.left.checked_sub(bytes.len() as u64);
                        self.left = left.ok_or_else(|| broke("more came than was announced"))?;
                        return Ok(Some(bytes));
                    }
                    Some(Err(cause)) => return Err(self.objects.failed(Doing::Read(&self.name), &cause)),
                    None if self.left == 0 => return Ok(None),
                    None => return Err(broke(&format!("it ended {} bytes before its end", self.left))),
                }
            }
        }
        .boxed()
    }
}

/// What a store says of an object. Listings have times to the millisecond, answers to the second.
fn described(meta: &ObjectMeta) -> RemoteFile {
    RemoteFile {
        name: meta.location.filename().unwrap_or_default().to_owned(),
        address: meta.location.to_string(),
        bytes: Some(meta.size),
        modified: Timestamp::from_second(meta.last_modified.timestamp()).ok(),
        version: meta.e_tag.as_deref().map(web::version),
    }
}

/// Whether an object is the one that was listed, by what both sayings of it tell.
fn is_same(now: &RemoteFile, listed: &RemoteFile) -> bool {
    web::agree(now.bytes.as_ref(), listed.bytes.as_ref())
        && web::agree(now.version.as_ref(), listed.version.as_ref())
}

/// Whether one object is another one's copy, as far as a store can tell.
fn is_copy(one: &ObjectMeta, other: &ObjectMeta) -> bool {
    one.size == other.size && one.e_tag.is_some() && one.e_tag == other.e_tag
}
