//! One file's bytes: several requests are under way at any time, and their answers are put in order.

use super::{
    conversation::Conversation,
    packet::{END, Packet, PacketField, PacketKind},
};
use crate::{
    error::{Code, Error, Result, printable},
    source::remote::Download,
};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::collections::{HashMap, VecDeque};

/// Bytes of one request: what every server can send in one packet.
const PIECE: u32 = 32 * 1024;
/// Requests under way. With [`PIECE`] it is what a file takes of memory, and of a line's length.
const UNDER_WAY: usize = 64;

/// A file that is read.
pub(super) struct RemoteReading<'a> {
    conversation: &'a mut Conversation,
    handle: Bytes,
    name: &'a str,
    /// Its length when it was opened, where the server tells it.
    size: Option<u64>,
    /// Requests without an answer, by where they begin.
    asked: VecDeque<AskedChunk>,
    /// Answers that came before those to earlier requests.
    early: HashMap<u32, Packet>,
    /// Where the next request begins; none after the one that must meet the end.
    next: Option<u64>,
}

struct AskedChunk {
    id: u32,
    from: u64,
    bytes: u32,
}

impl<'a> RemoteReading<'a> {
    /// Reads from this byte on, which is not behind the end.
    pub(super) fn new(
        conversation: &'a mut Conversation,
        handle: Bytes,
        name: &'a str,
        size: Option<u64>,
        from: u64,
    ) -> Self {
        let (asked, early) = (VecDeque::new(), HashMap::new());
        Self { conversation, handle, name, size, asked, early, next: Some(from) }
    }

    /// Keeps requests under way. The last one asks for a byte behind the end, where there must be none.
    fn ask(&mut self) {
        while let Some(from) = self.next.filter(|_| self.asked.len() < UNDER_WAY) {
            let left = self.size.map_or(u64::MAX, |size| size.saturating_sub(from));
            let bytes = u32::try_from(left).unwrap_or(u32::MAX).clamp(1, PIECE);
            let asked = self.request(from, bytes);
            self.asked.push_back(asked);
            self.next = (left > 0).then(|| from + u64::from(bytes));
        }
    }

    fn request(&mut self, from: u64, bytes: u32) -> AskedChunk {
        let fields = [PacketField::Bytes(&self.handle), PacketField::Long(from), PacketField::Number(bytes)];
        AskedChunk { id: self.conversation.ask(PacketKind::Read, &fields), from, bytes }
    }

    async fn next_bytes(&mut self) -> Result<Option<Bytes>> {
        self.ask();
        let Some(first) = self.asked.front() else { return Ok(None) };
        let (id, from, bytes) = (first.id, first.from, first.bytes);
        let answer = loop {
            if let Some(answer) = self.early.remove(&id) {
                break answer;
            }
            let (other, answer) = self.conversation.next().await?;
            if self.asked.iter().any(|asked| asked.id == other) {
                self.early.insert(other, answer);
            }
        };
        self.asked.pop_front();
        match answer {
            Packet::Data(data) if data.is_empty() || data.len() > bytes as usize => {
                Err(self.conversation.no_sense())
            }
            Packet::Data(_) if self.size.is_some_and(|size| from >= size) => Err(self.changed("grew")),
            Packet::Data(data) => {
                let length = u32::try_from(data.len()).unwrap_or(bytes);
                if length < bytes {
                    let rest = self.request(from + u64::from(length), bytes - length);
                    self.asked.push_front(rest);
                }
                Ok(Some(data))
            }
            Packet::Status { code: END, .. } if self.size.is_some_and(|size| from < size) => {
                Err(self.changed("became shorter"))
            }
            Packet::Status { code: END, .. } => {
                self.next = None;
                self.asked.clear();
                Ok(None)
            }
            Packet::Status { code, text } => {
                let name = printable(self.name);
                let words = if text.is_empty() { text } else { format!(", {}", printable(&text)) };
                Err(Error::new(
                    Code::TransferBroke,
                    format!("the server stopped sending {name} at byte {from}: SFTP status {code}{words}"),
                ))
            }
            _ => Err(self.conversation.no_sense()),
        }
    }

    fn changed(&self, how: &str) -> Error {
        Error::new(Code::StillWritten, format!("{} {how} while it was read", printable(self.name)))
    }
}

impl Download for RemoteReading<'_> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>>> {
        Box::pin(self.next_bytes())
    }
}

impl Drop for RemoteReading<'_> {
    fn drop(&mut self) {
        self.conversation.close(&self.handle);
    }
}
