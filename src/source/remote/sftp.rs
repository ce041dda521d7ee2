//! `sftp:`, over SSH. The path of the URL is the server's own; one that begins with `/~/` begins where the login does.

mod conversation;
mod host_key;
mod known_hosts;
mod login;
mod packet;
mod reading;

use super::{Download, Remote, RemoteFile};
use crate::{
    error::{Code, Error, Result, printable},
    feed::Access,
};
use bytes::Bytes;
use conversation::{Conversation, Reply};
use futures_util::future::BoxFuture;
use host_key::{Guard, NoConnection, Trust};
use jiff::Timestamp;
use login::Login;
use packet::{FileAttributes, NO_SUCH_FILE, PacketField, PacketKind};
use percent_encoding::percent_decode_str;
use reading::RemoteReading;
use russh::{
    ChannelMsg, Disconnect, Preferred, cipher,
    client::{self, Config, Handle},
    compression,
    keys::Algorithm,
};
use std::{borrow::Cow, sync::Arc, time::Duration};

/// After how long without a word from the server it is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Files in a folder; a server that lists more is not believed.
const MOST_FILES: usize = 1_000_000;
/// To open for reading.
const READ: u32 = 1;

/// A folder on a server.
struct Sftp {
    conversation: Conversation,
    session: Handle<Guard>,
    /// Without a slash at its end, unless it is the root.
    folder: String,
}

/// Connects, makes sure that it is the right server, logs in, and begins SFTP.
///
/// # Errors
/// `Fetch` where there is no such server, it is another one than it should be, or it refuses the login.
pub async fn connect(access: &Access) -> Result<Box<dyn Remote>> {
    let host = access.url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let port = access.url.port().unwrap_or(22);
    let server = format!("{}:{port}", printable(host));
    let folder = folder(access.url.path())?;
    let Some(user) = &access.user else {
        return Err(Error::new(Code::SourceLogin, format!("nobody is named who logs in to {server}"))
            .with_hint("name user under [source]"));
    };
    let trust = Arc::new(Trust::of(access, host, port)?);
    let mut session = session(&trust, host, port, &server).await?;
    Login { session: &mut session, access, user, server: &server }.run().await?;

    let mut channel = session.channel_open_session().await.map_err(|cause| match cause {
        russh::Error::ChannelOpenFailure(why) => {
            Error::new(Code::SourceRefused, format!("{server} opens no channel for SFTP: {why:?}"))
        }
        cause => ended(&server, &cause),
    })?;
    channel.request_subsystem(true, "sftp").await.map_err(|cause| ended(&server, &cause))?;
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => break,
            // How many bytes it takes.
            Some(ChannelMsg::WindowAdjusted { .. }) => {}
            Some(ChannelMsg::Failure) => {
                return Err(Error::new(Code::SourceRefused, format!("{server} has no SFTP")));
            }
            _ => return Err(ended(&server, &russh::Error::Disconnect)),
        }
    }
    let conversation = Conversation::begin(channel.into_stream(), &server).await?;
    Ok(Box::new(Sftp { conversation, session, folder }))
}

fn ended(server: &str, cause: &russh::Error) -> Error {
    Error::new(Code::TransferBroke, format!("the connection to {server} ended: {cause}"))
}

/// A connection to the right server. Where no attempt meets a key that is believed, the first one's is told.
async fn session(trust: &Arc<Trust>, host: &str, port: u16, server: &str) -> Result<Handle<Guard>> {
    let mut stranger = None;
    for algorithms in trust.attempts() {
        let guard = Guard { trust: trust.clone(), server: server.to_owned() };
        match client::connect(Arc::new(config(algorithms)), (host, port), guard).await {
            Ok(session) => return Ok(session),
            Err(NoConnection::Stranger(error)) => stranger = stranger.or(Some(error)),
            // It has no such key.
            Err(NoConnection::Failed(russh::Error::NoCommonAlgo { kind, .. })) => {
                let what = format!("{server} and tieout know no {kind:?} algorithm that both have");
                stranger = stranger.or_else(|| Some(Error::new(Code::NoCommonAlgorithm, what)));
            }
            Err(NoConnection::Failed(cause)) => {
                let what = format!("there is no connection to {server}: {cause}");
                return Err(Error::new(Code::SourceUnreachable, what));
            }
        }
    }
    Err(stranger.unwrap_or_else(|| Error::internal("a host has no kind of key")))
}

fn config(keys: Vec<Algorithm>) -> Config {
    let preferred = Preferred {
        key: Cow::Owned(keys),
        // Both are safe; of these the first is in the processor.
        cipher: Cow::Borrowed(&[
            cipher::AES_256_GCM,
            cipher::CHACHA20_POLY1305,
            cipher::AES_256_CTR,
            cipher::AES_192_CTR,
            cipher::AES_128_CTR,
        ]),
        compression: Cow::Borrowed(&[compression::NONE]),
        ..Preferred::DEFAULT
    };
    Config { preferred, nodelay: true, keepalive_interval: Some(KEEPALIVE), ..Config::default() }
}

/// The folder that a URL's path names.
fn folder(path: &str) -> Result<String> {
    let path = percent_decode_str(path).decode_utf8();
    let path = path.ok().filter(|path| !path.contains('\0')).ok_or_else(|| {
        Error::new(Code::NoSuchFolder, "the path of [source] url is no UTF-8 text, or holds a NUL")
    })?;
    let path = match path.as_ref() {
        "/~" | "/~/" => ".",
        path => path.strip_prefix("/~/").unwrap_or(path),
    };
    let trimmed = path.trim_end_matches('/');
    Ok(if trimmed.is_empty() { "/" } else { trimmed }.to_owned())
}

/// A name in a folder.
fn below(folder: &str, name: &str) -> String {
    if folder == "/" { format!("/{name}") } else { format!("{folder}/{name}") }
}

/// A name that may be asked for: one that is a file's in this folder and no other's.
fn checked(file: &RemoteFile) -> Result<&str> {
    let name = file.name.as_str();
    // What was no UTF-8 text has the character that stands for it.
    let wrong = |c: char| c == '/' || c.is_control() || c == char::REPLACEMENT_CHARACTER;
    if matches!(name, "" | "." | "..") || name.contains(wrong) {
        let what = format!("`{}` is no name that can be asked for", printable(name));
        return Err(Error::new(Code::RemoteName, what));
    }
    Ok(name)
}

fn described(name: String, address: String, attributes: FileAttributes) -> RemoteFile {
    let modified = attributes.modified.and_then(|seconds| Timestamp::from_second(i64::from(seconds)).ok());
    RemoteFile { name, address, bytes: attributes.size, modified, version: None }
}

impl Sftp {
    async fn listed(&mut self) -> Result<Vec<RemoteFile>> {
        let folder = self.folder.clone();
        let opened = self
            .conversation
            .handle(PacketKind::OpenFolder, &[PacketField::Bytes(folder.as_bytes())])
            .await?;
        let handle = match opened {
            Reply::Is(handle) => handle,
            Reply::No(refusal) => {
                let code =
                    if refusal.code == NO_SUCH_FILE { Code::NoSuchFolder } else { Code::SourceRefused };
                return Err(refusal.error(code, format_args!("list {}", printable(&folder))));
            }
        };
        let files = self.names(&handle, &folder).await;
        self.conversation.close(&handle);
        files
    }

    async fn names(&mut self, handle: &Bytes, folder: &str) -> Result<Vec<RemoteFile>> {
        let (mut files, mut links) = (Vec::new(), Vec::new());
        loop {
            let names = self.conversation.names(handle).await?;
            let doing = format_args!("list {}", printable(folder));
            let Some(names) = names.or_refused(doing)? else { break };
            for (name, attributes) in names.into_iter().filter(|(name, _)| !matches!(&name[..], b"." | b".."))
            {
                let name = String::from_utf8_lossy(&name).into_owned();
                let file = described(name.clone(), below(folder, &name), attributes);
                match attributes.is_file() {
                    Some(true) => files.push(file),
                    Some(false) => {}
                    None => links.push(file),
                }
            }
            if files.len() + links.len() > MOST_FILES {
                let what = format!("{} holds more than {MOST_FILES} files", printable(folder));
                return Err(Error::new(Code::SourceRefused, what));
            }
        }
        for link in links {
            // One that leads nowhere is no file; one whose name cannot be asked for is told when it is wanted.
            match self.conversation.attributes(PacketKind::Attributes, link.address.as_bytes()).await? {
                Reply::Is(attributes) if attributes.is_file() == Some(true) => {
                    files.push(described(link.name, link.address, attributes));
                }
                Reply::No(_) if checked(&link).is_err() => files.push(link),
                _ => {}
            }
        }
        Ok(files)
    }

    async fn looked(&mut self, file: &RemoteFile) -> Result<RemoteFile> {
        let name = checked(file)?;
        let reply = self.conversation.attributes(PacketKind::Attributes, file.address.as_bytes()).await?;
        let attributes = reply.or_refused(format_args!("look at {}", printable(name)))?;
        Ok(described(file.name.clone(), file.address.clone(), attributes))
    }

    async fn opened<'a>(&'a mut self, file: &'a RemoteFile, from: u64) -> Result<RemoteReading<'a>> {
        let name = checked(file)?;
        let fields =
            [PacketField::Bytes(file.address.as_bytes()), PacketField::Number(READ), PacketField::Number(0)];
        let reply = self.conversation.handle(PacketKind::Open, &fields).await?;
        let handle = reply.or_refused(format_args!("open {}", printable(name)))?;
        let known = self.conversation.attributes(PacketKind::HandleAttributes, &handle).await;
        let now = match known.and_then(|reply| reply.or_refused(format_args!("look at {}", printable(name))))
        {
            Ok(attributes) => described(String::new(), String::new(), attributes),
            Err(error) => {
                self.conversation.close(&handle);
                return Err(error);
            }
        };
        let other = |was: Option<u64>, is: Option<u64>| was.zip(is).is_some_and(|(was, is)| was != is);
        let moved = file.modified.zip(now.modified).is_some_and(|(was, is)| was != is);
        if other(file.bytes, now.bytes) || moved || now.bytes.is_some_and(|bytes| bytes < from) {
            self.conversation.close(&handle);
            let what = format!("{} changed since the folder was listed", printable(name));
            return Err(Error::new(Code::StillWritten, what));
        }
        Ok(RemoteReading::new(&mut self.conversation, handle, name, now.bytes.or(file.bytes), from))
    }

    async fn archived(&mut self, file: &RemoteFile, folder: &str) -> Result<()> {
        let name = checked(file)?;
        let folder = if folder.starts_with('/') { folder.to_owned() } else { below(&self.folder, folder) };
        let folder = folder.trim_end_matches('/');
        let there = self.conversation.attributes(PacketKind::Attributes, folder.as_bytes()).await?;
        match there {
            Reply::Is(attributes) if attributes.is_file() == Some(true) && attributes.mode.is_some() => {
                let what = format!("{} is no folder", printable(folder));
                return Err(Error::new(Code::NoSuchFolder, what));
            }
            Reply::Is(_) => {}
            Reply::No(refusal) => {
                return Err(refusal.error(Code::NoSuchFolder, format_args!("find {}", printable(folder))));
            }
        }
        let to = below(folder, name);
        let taken = || {
            let what = format!("{} is there already, {} was not moved", printable(&to), printable(name));
            Error::new(Code::ArchiveTaken, what)
        };
        if self.is_there(&to).await? {
            return Err(taken());
        }
        // Version 3 renames to no name that is taken. The extension of OpenSSH that does is not asked for.
        let fields = [PacketField::Bytes(file.address.as_bytes()), PacketField::Bytes(to.as_bytes())];
        match self.conversation.done(PacketKind::Rename, &fields).await? {
            Reply::Is(()) => Ok(()),
            Reply::No(_) if self.is_there(&to).await? => Err(taken()),
            Reply::No(refusal) => Err(refusal.error(
                Code::SourceRefused,
                format_args!("move {} to {}", printable(name), printable(folder)),
            )),
        }
    }

    /// Whether something has this name; a link counts, wherever it leads.
    async fn is_there(&mut self, path: &str) -> Result<bool> {
        match self.conversation.attributes(PacketKind::LinkAttributes, path.as_bytes()).await? {
            Reply::Is(_) => Ok(true),
            Reply::No(refusal) if refusal.code == NO_SUCH_FILE => Ok(false),
            Reply::No(refusal) => {
                Err(refusal.error(Code::SourceRefused, format_args!("look at {}", printable(path))))
            }
        }
    }

    async fn deleted(&mut self, file: &RemoteFile) -> Result<()> {
        let name = checked(file)?;
        let reply = self
            .conversation
            .done(PacketKind::Remove, &[PacketField::Bytes(file.address.as_bytes())])
            .await?;
        reply.or_refused(format_args!("remove {}", printable(name)))
    }
}

impl Remote for Sftp {
    fn list(&mut self) -> BoxFuture<'_, Result<Vec<RemoteFile>>> {
        Box::pin(self.listed())
    }

    fn look<'a>(&'a mut self, file: &'a RemoteFile) -> BoxFuture<'a, Result<RemoteFile>> {
        Box::pin(self.looked(file))
    }

    fn open<'a>(
        &'a mut self,
        file: &'a RemoteFile,
        from: u64,
    ) -> BoxFuture<'a, Result<Box<dyn Download + 'a>>> {
        Box::pin(async move { Ok(Box::new(self.opened(file, from).await?) as Box<dyn Download>) })
    }

    fn archive<'a>(&'a mut self, file: &'a RemoteFile, folder: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.archived(file, folder))
    }

    fn delete<'a>(&'a mut self, file: &'a RemoteFile) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.deleted(file))
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            drop(self.session.disconnect(Disconnect::ByApplication, "", "").await);
            // It is over when the session has sent that.
            drop(self.session.await);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_servers_own_or_begins_at_the_login() {
        for (path, expected) in [
            ("", "/"),
            ("/", "/"),
            ("/in/", "/in"),
            ("/a%20b", "/a b"),
            ("/~", "."),
            ("/~/", "."),
            ("/~/in", "in"),
            ("/~x", "/~x"),
        ] {
            assert_eq!(folder(path).expect(path), expected, "{path}");
        }
        for path in ["/%ff", "/a%00b"] {
            assert_eq!(folder(path).expect_err(path).code(), Code::NoSuchFolder);
        }
        assert_eq!((below("/", "a"), below("in", "a")), ("/a".to_owned(), "in/a".to_owned()));
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_asked_for() {
        for name in ["", ".", "..", "../a", "a/b", "a\nb", "a\0b", "a\u{fffd}"] {
            let file = described(name.to_owned(), below("/in", name), FileAttributes::default());
            assert_eq!(checked(&file).expect_err(name).code(), Code::RemoteName, "{name:?}");
        }
        let file = described("a b…'\"\\.xml".to_owned(), String::new(), FileAttributes::default());
        assert!(checked(&file).is_ok());
    }
}
