//! The bytes of a file. It is whole when the server says 226 or 250 and as many bytes came as were announced, and never
//! before both.

use super::{
    super::Download,
    failure::Failure,
    folder::FtpFolder,
    session::{Data, FtpSession},
};
use crate::error::{Code, Error, Result};
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};

/// Bytes that are handed on at once, at most.
const BLOCK: usize = 1 << 17;

/// A file that is being fetched. One that is not read to its end takes its session with it, since nobody knows what the
/// server says next.
pub(super) struct FtpDownload<'a> {
    folder: &'a mut FtpFolder,
    /// None after its end, and after a failure.
    data: Option<Data>,
    whole: bool,
    doing: String,
    announced: u64,
    /// Where the next byte stands.
    at: u64,
    buffer: Vec<u8>,
}

impl<'a> FtpDownload<'a> {
    /// Bytes from `at` to `announced` are to come.
    pub(super) fn new(folder: &'a mut FtpFolder, data: Data, doing: String, at: u64, announced: u64) -> Self {
        Self { folder, data: Some(data), whole: false, doing, announced, at, buffer: vec![0; BLOCK] }
    }

    async fn read(&mut self) -> Result<Option<Bytes>> {
        if self.whole {
            return Ok(None);
        }
        let done = self.step().await;
        // Also where the server only refused: what was left to read on either channel is not known.
        if done.is_err() {
            self.data = None;
            self.folder.forget();
        }
        done
    }

    async fn step(&mut self) -> Result<Option<Bytes>> {
        let broke = |what: String| Error::new(Code::TransferBroke, what);
        let (Some(mut data), Some(session)) = (self.data.take(), self.folder.session.as_mut()) else {
            return Err(broke(format!("{}: it ended before", self.doing)));
        };
        let left = self.announced - self.at;
        let n = match session.read(&mut data, &mut self.buffer).await {
            Ok(n) => n as u64,
            // Some servers end an encrypted channel without a word, or reset it: the reply counts.
            Err(Failure::Broken(_)) if left == 0 => 0,
            Err(failure) => return Err(self.failed(failure)),
        };
        if n == 0 {
            return self.end(data).await;
        }
        if n > left {
            let more =
                format!("{}: more came than the {} bytes that were announced", self.doing, self.announced);
            return Err(broke(format!("{more}; it is still being written, or was replaced")));
        }
        self.at += n;
        self.data = Some(data);
        Ok(Some(Bytes::copy_from_slice(&self.buffer[..usize::try_from(n).unwrap_or(usize::MAX)])))
    }

    /// No more bytes come: is this the end?
    async fn end(&mut self, data: Data) -> Result<Option<Bytes>> {
        let Some(session) = self.folder.session.as_mut() else { return Ok(None) };
        let finished = FtpSession::finish(session, data).await;
        finished.map_err(|failure| self.failed(failure))?;
        if self.at != self.announced {
            let (doing, at, announced) = (&self.doing, self.at, self.announced);
            let what = format!("{doing}: it ended after {at} bytes, although {announced} were announced");
            return Err(Error::new(Code::TransferBroke, what));
        }
        self.whole = true;
        Ok(None)
    }

    fn failed(&self, failure: Failure) -> Error {
        let doing = format!("{}, after {} of {} bytes", self.doing, self.at, self.announced);
        failure.told(Code::TransferBroke, &doing)
    }
}

impl Download for FtpDownload<'_> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>>> {
        self.read().boxed()
    }
}

impl Drop for FtpDownload<'_> {
    fn drop(&mut self) {
        if !self.whole {
            self.folder.forget();
        }
    }
}
