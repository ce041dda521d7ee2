//! Requests and answers on an open SFTP channel.
//!
//! A call that its caller gave up leaves nothing half sent or half read: what waits stands in buffers, and an answer that
//! nobody waits for any more is passed over by its number.

use super::packet::{
    self, END, FileAttributes, NO_PERMISSION, NO_SUCH_FILE, OK, Packet, PacketField, PacketKind,
};
use crate::error::{Code, Error, Result, excerpt};
use bytes::{Buf, Bytes, BytesMut};
use russh::{ChannelStream, client::Msg};
use std::fmt::Display;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes that there is room for when the server is listened to: more than one packet of a file.
const ROOM: usize = 64 * 1024;

/// A channel on which SFTP is spoken.
pub(super) struct Conversation {
    stream: ChannelStream<Msg>,
    /// Host and port, for messages.
    server: String,
    came: BytesMut,
    to_send: BytesMut,
    last: u32,
}

impl Conversation {
    /// Agrees on version 3, which all servers speak.
    pub(super) async fn begin(stream: ChannelStream<Msg>, server: &str) -> Result<Self> {
        let mut conversation = Self {
            stream,
            server: server.to_owned(),
            came: BytesMut::new(),
            to_send: BytesMut::new(),
            last: 0,
        };
        // Its number is the version.
        packet::write(&mut conversation.to_send, PacketKind::Init, 3, &[]);
        match conversation.next().await? {
            (_, Packet::Version(3)) => Ok(conversation),
            (_, Packet::Version(other)) => {
                Err(conversation.broke(format_args!("it speaks version {other} of SFTP, not 3")))
            }
            _ => Err(conversation.no_sense()),
        }
    }

    /// Queues a request, and gives its number.
    pub(super) fn ask(&mut self, kind: PacketKind, fields: &[PacketField<'_>]) -> u32 {
        self.last = self.last.wrapping_add(1);
        packet::write(&mut self.to_send, kind, self.last, fields);
        self.last
    }

    /// Sends what waits, and gives the next answer with the number of its request.
    pub(super) async fn next(&mut self) -> Result<(u32, Packet)> {
        while self.to_send.has_remaining() {
            let sent = self.stream.write_buf(&mut self.to_send).await;
            if sent.map_err(|cause| self.broke(cause))? == 0 {
                return Err(self.ended());
            }
        }
        loop {
            if let Some(answer) = packet::take(&mut self.came).map_err(|_| self.no_sense())? {
                return Ok(answer);
            }
            self.came.reserve(ROOM);
            let read = self.stream.read_buf(&mut self.came).await;
            if read.map_err(|cause| self.broke(cause))? == 0 {
                return Err(self.ended());
            }
        }
    }

    /// The answer to one request.
    async fn answer(&mut self, kind: PacketKind, fields: &[PacketField<'_>]) -> Result<Packet> {
        let asked = self.ask(kind, fields);
        loop {
            let (id, answer) = self.next().await?;
            if id == asked {
                return Ok(answer);
            }
        }
    }

    /// What a server answers to a request without a result.
    pub(super) async fn done(&mut self, kind: PacketKind, fields: &[PacketField<'_>]) -> Result<Reply<()>> {
        match self.answer(kind, fields).await? {
            Packet::Status { code: OK, .. } => Ok(Reply::Is(())),
            Packet::Status { code, text } => Ok(Reply::No(ServerRefusal { code, text })),
            _ => Err(self.no_sense()),
        }
    }

    /// Opens a file or a folder.
    pub(super) async fn handle(
        &mut self,
        kind: PacketKind,
        fields: &[PacketField<'_>],
    ) -> Result<Reply<Bytes>> {
        match self.answer(kind, fields).await? {
            Packet::Handle(handle) => Ok(Reply::Is(handle)),
            Packet::Status { code, text } => Ok(Reply::No(ServerRefusal { code, text })),
            _ => Err(self.no_sense()),
        }
    }

    /// What there is to know of a file.
    pub(super) async fn attributes(&mut self, kind: PacketKind, of: &[u8]) -> Result<Reply<FileAttributes>> {
        match self.answer(kind, &[PacketField::Bytes(of)]).await? {
            Packet::Attributes(attributes) => Ok(Reply::Is(attributes)),
            Packet::Status { code, text } => Ok(Reply::No(ServerRefusal { code, text })),
            _ => Err(self.no_sense()),
        }
    }

    /// The next names of an open folder; nothing after the last.
    pub(super) async fn names(
        &mut self,
        folder: &[u8],
    ) -> Result<Reply<Option<Vec<(Bytes, FileAttributes)>>>> {
        match self.answer(PacketKind::ReadFolder, &[PacketField::Bytes(folder)]).await? {
            Packet::Names(names) => Ok(Reply::Is(Some(names))),
            Packet::Status { code: END, .. } => Ok(Reply::Is(None)),
            Packet::Status { code, text } => Ok(Reply::No(ServerRefusal { code, text })),
            _ => Err(self.no_sense()),
        }
    }

    /// Closes a handle some time: with the next request, whose answer is waited for.
    pub(super) fn close(&mut self, handle: &[u8]) {
        self.ask(PacketKind::Close, &[PacketField::Bytes(handle)]);
    }

    fn broke(&self, why: impl Display) -> Error {
        Error::new(Code::TransferBroke, format!("the transfer from {} broke: {why}", self.server))
    }

    fn ended(&self) -> Error {
        Error::new(Code::TransferBroke, format!("the connection to {} ended", self.server))
    }

    /// An answer that fits no request, or is none.
    pub(super) fn no_sense(&self) -> Error {
        self.broke("its answer makes no sense in SFTP")
    }
}

/// What a server gave, or that it did not.
pub(super) enum Reply<T> {
    Is(T),
    No(ServerRefusal),
}

impl<T> Reply<T> {
    /// What it gave. `doing` reads like "open a.xml".
    pub(super) fn or_refused(self, doing: impl Display) -> Result<T> {
        match self {
            Self::Is(what) => Ok(what),
            Self::No(refusal) => Err(refusal.error(Code::SourceRefused, doing)),
        }
    }
}

/// Why a server did not do what it was asked for.
#[derive(Debug)]
pub(super) struct ServerRefusal {
    pub code: u32,
    text: String,
}

impl ServerRefusal {
    /// As an error of this code.
    pub(super) fn error(&self, code: Code, doing: impl Display) -> Error {
        let meaning = match self.code {
            NO_SUCH_FILE => "no such file",
            NO_PERMISSION => "permission denied",
            _ => "failure",
        };
        let said = if self.text.is_empty() || self.text.eq_ignore_ascii_case(meaning) {
            String::new()
        } else {
            format!(", {}", excerpt(&self.text))
        };
        Error::new(code, format!("the server did not {doing}: {meaning} (SFTP status {}{said})", self.code))
    }
}
