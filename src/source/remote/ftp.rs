//! FTP (RFC 959), and FTP over TLS (RFC 4217). Nothing here makes a folder or writes a file.

mod download;
mod failure;
mod folder;
mod handshake;
mod list;
mod session;
mod target;

use self::{
    download::FtpDownload,
    folder::FtpFolder,
    target::{Encryption, FtpTarget},
};
use super::{Download, Remote, RemoteFile};
use crate::{error::Result, feed::Access, tls};
use futures_util::future::{BoxFuture, FutureExt};

/// Connects and logs in.
pub(super) async fn connect(access: &Access) -> Result<Box<dyn Remote>> {
    let target = FtpTarget::of(access)?;
    let tls = match target.encryption {
        Encryption::None => None,
        Encryption::Explicit | Encryption::Implicit => Some(tls::client(access.ca_file.as_deref())?),
    };
    Ok(Box::new(FtpFolder::enter(target, tls).await?))
}

impl Remote for FtpFolder {
    fn list(&mut self) -> BoxFuture<'_, Result<Vec<RemoteFile>>> {
        FtpFolder::list(self).boxed()
    }

    fn look<'a>(&'a mut self, file: &'a RemoteFile) -> BoxFuture<'a, Result<RemoteFile>> {
        FtpFolder::look(self, &file.name).boxed()
    }

    fn open<'a>(
        &'a mut self,
        file: &'a RemoteFile,
        from: u64,
    ) -> BoxFuture<'a, Result<Box<dyn Download + 'a>>> {
        async move {
            let (data, bytes) = FtpFolder::open(self, file, from).await?;
            let doing = self.doing("the transfer of", &file.name);
            Ok(Box::new(FtpDownload::new(self, data, doing, from, bytes)) as Box<dyn Download + 'a>)
        }
        .boxed()
    }

    fn archive<'a>(&'a mut self, file: &'a RemoteFile, folder: &'a str) -> BoxFuture<'a, Result<()>> {
        FtpFolder::archive(self, &file.name, folder).boxed()
    }

    fn delete<'a>(&'a mut self, file: &'a RemoteFile) -> BoxFuture<'a, Result<()>> {
        FtpFolder::delete(self, &file.name).boxed()
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        self.leave().boxed()
    }
}
