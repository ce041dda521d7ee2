//! Files that lie elsewhere. This is all that the rest of the program knows of a protocol: what there is, one file's
//! bytes, and what becomes of a file that is done with.

mod connect;
mod ftp;
mod http;
mod objects;
mod sftp;
mod web;

pub use connect::connect;

use crate::error::Result;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

/// A file as its server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// The last part of its name, as the server says it: data, never a path.
    pub name: String,
    /// How the protocol finds it again: a path, a key or an address.
    pub address: String,
    /// Its length, where the server tells it.
    pub bytes: Option<u64>,
    /// When it was last changed, where the server tells it.
    pub modified: Option<Timestamp>,
    /// What the server calls this version of it, where it does.
    pub version: Option<String>,
}

/// A folder, bucket or page that a feed's `[source]` names, after its login.
///
/// Errors are `Fetch` (status 5), and say what the server answered; none shows a user, a password or a query. The caller
/// gives every call an end.
pub trait Remote: Send {
    /// The files that lie there, in no order; folders are left out.
    fn list(&mut self) -> BoxFuture<'_, Result<Vec<RemoteFile>>>;

    /// The same file as it is now.
    fn look<'a>(&'a mut self, file: &'a RemoteFile) -> BoxFuture<'a, Result<RemoteFile>>;

    /// Opens a file for reading from this byte on. A server that cannot begin there is an error.
    fn open<'a>(
        &'a mut self,
        file: &'a RemoteFile,
        from: u64,
    ) -> BoxFuture<'a, Result<Box<dyn Download + 'a>>>;

    /// Moves a file into a folder beside it, which is there; never over a file that has its name there.
    fn archive<'a>(&'a mut self, file: &'a RemoteFile, folder: &'a str) -> BoxFuture<'a, Result<()>>;

    /// Removes a file.
    fn delete<'a>(&'a mut self, file: &'a RemoteFile) -> BoxFuture<'a, Result<()>>;

    /// Ends the session in the protocol's own way; what fails then does not matter any more.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// The bytes of a file, as they come.
pub trait Download: Send {
    /// The next bytes, at least one; `None` only after the server has said that this was all of it.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>>>;
}
