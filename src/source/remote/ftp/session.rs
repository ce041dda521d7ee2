//! One login: a control connection, and the steps that are asked of it. Every step has an end.

use super::{
    failure::Failure,
    handshake::{Distrust, Handshake},
    target::{Encryption, FtpTarget},
};
use crate::error::{Code, Error, Result, printable};
use rustix::net::sockopt::{set_socket_keepalive, set_tcp_keepcnt, set_tcp_keepidle, set_tcp_keepintvl};
use rustls::ClientConfig;
use std::{sync::Arc, time::Duration};
use suppaftp::{
    FtpResult, Mode, Status,
    tokio::{AsyncRustlsFtpStream, AsyncRustlsStream, TransferStream},
    types::FileType,
};
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    time::{error::Elapsed, timeout},
};

/// The data connection of a transfer.
pub(super) type Data = TransferStream<AsyncRustlsStream>;

/// A list may be so long: a million names.
const LONGEST_LIST: u64 = 64 << 20;
/// The server is given so long to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
const STARTS: &[Status] = &[Status::AboutToSend, Status::AlreadyOpen];
/// Answers of a command that did what it was asked to. Some servers say 200 where 250 is meant.
const DONE: &[Status] = &[Status::RequestedFileActionOk, Status::CommandOk];

/// A session that is logged in and stands in the feed's folder.
pub(super) struct FtpSession {
    stream: AsyncRustlsFtpStream,
    timeout: Duration,
    /// What no answer may show.
    secrets: Vec<String>,
    distrust: Distrust,
}

impl FtpSession {
    /// Connects, encrypts where that is asked for, logs in, and goes to the folder.
    pub(super) async fn begin(target: &FtpTarget, tls: Option<&Arc<ClientConfig>>) -> Result<Self> {
        let at = target.shown();
        let distrust = Distrust::default();
        let stream = connect(target, tls, &distrust).await?;
        let mut session = Self { stream, timeout: target.timeout, secrets: target.secrets(), distrust };
        session.log_in(target).await?;
        let told = |code, doing: &str| {
            let doing = format!("{at}: {doing}");
            move |failure: Failure| failure.told(code, &doing)
        };
        if target.encryption == Encryption::Implicit {
            session.protect().await.map_err(told(Code::SourceNotEncrypted, "encryption of the data"))?;
        }
        session.binary().await.map_err(told(Code::SourceRefused, "binary transfers"))?;
        // Most servers speak UTF-8 anyway, and those that cannot say so.
        session.ask_or_go_on("OPTS UTF8 ON").await.map_err(told(Code::SourceRefused, "names in UTF-8"))?;
        if !target.folder.is_empty() {
            let go = format!("CWD {}", target.folder);
            session.ask(&go, DONE).await.map_err(told(Code::NoSuchFolder, "the folder"))?;
        }
        // RFC 2428. A reply to PASV names an address; it is never followed, only its port is.
        let extended =
            session.ask_or_go_on("EPSV").await.map_err(told(Code::SourceRefused, "a data channel"))?;
        session.stream.set_mode(if extended { Mode::ExtendedPassive } else { Mode::Passive });
        session.stream.set_passive_nat_workaround(true);
        Ok(session)
    }

    async fn log_in(&mut self, target: &FtpTarget) -> Result<()> {
        let (user, password) = (target.user.clone(), target.password.reveal().to_owned());
        let login = timeout(self.timeout, self.stream.login(user, password)).await;
        self.outcome(login)
            .map_err(|failure| failure.told(Code::SourceLogin, &format!("{}: the login", target.shown())))
    }

    /// RFC 4217: what is sent on data connections is encrypted too.
    async fn protect(&mut self) -> Result<(), Failure> {
        self.ask("PBSZ 0", DONE).await?;
        self.ask("PROT P", DONE).await.map(drop)
    }

    async fn binary(&mut self) -> Result<(), Failure> {
        let asked = timeout(self.timeout, self.stream.transfer_type(FileType::Binary)).await;
        self.outcome(asked)
    }

    fn outcome<T>(&self, done: Result<FtpResult<T>, Elapsed>) -> Result<T, Failure> {
        let done = done.map_err(|_| Failure::Silent(self.timeout))?;
        done.map_err(|cause| match self.distrust.take() {
            Some(why) => Failure::Unverified(why),
            None => Failure::of(cause, &self.secrets),
        })
    }

    /// Sends a line and returns the text of an answer that is wanted. The line holds no control character.
    pub(super) async fn ask(&mut self, line: &str, wanted: &[Status]) -> Result<String, Failure> {
        let asked = timeout(self.timeout, self.stream.custom_command(line, wanted)).await;
        let reply = self.outcome(asked)?;
        Ok(String::from_utf8_lossy(&reply.body).into_owned())
    }

    /// The same for what a server need not know: whether it did.
    async fn ask_or_go_on(&mut self, line: &str) -> Result<bool, Failure> {
        let done = [DONE, &[Status::ExtendedPassiveMode, Status::CommandNotImplemented]].concat();
        match self.ask(line, &done).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.ends_session() => Err(failure),
            Err(_) => Ok(false),
        }
    }

    /// Does something that has no other answer than that it is done.
    pub(super) async fn order(&mut self, line: &str) -> Result<(), Failure> {
        self.ask(line, DONE).await.map(drop)
    }

    /// Whether a name is that of a folder: whether one can go there. Nothing is made. The way back is by the folder's own
    /// path, since the parent of a link is not always where it lies.
    pub(super) async fn can_enter(&mut self, name: &str) -> Result<bool, Failure> {
        let here = self.ask("PWD", &[Status::PathCreated]).await;
        let here = match here {
            Err(failure) if failure.ends_session() => return Err(failure),
            here => here.ok().as_deref().and_then(quoted),
        };
        let Some(here) = here else { return Ok(false) };
        match self.order(&format!("CWD {name}")).await {
            Err(failure) if failure.ends_session() => return Err(failure),
            Err(_) => return Ok(false),
            Ok(()) => {}
        }
        let back = self.order(&format!("CWD {here}")).await;
        back.map(|()| true).map_err(|_| Failure::Broken("there is no way back to the folder".to_owned()))
    }

    /// Whether it is still there, after it was not needed for a while.
    pub(super) async fn is_alive(&mut self) -> bool {
        self.ask("NOOP", DONE).await.is_ok()
    }

    /// Moves a file. Whether the other name is free was asked before: many servers move over what is there.
    pub(super) async fn rename(&mut self, from: &str, to: &str) -> Result<(), Failure> {
        self.ask(&format!("RNFR {from}"), &[Status::RequestFilePending]).await?;
        self.order(&format!("RNTO {to}")).await
    }

    /// Opens a data connection for a command, from this byte on.
    pub(super) async fn transfer(&mut self, line: &str, from: u64) -> Result<Data, Failure> {
        let from = usize::try_from(from).map_err(|_| Failure::Broken("no such byte".to_owned()))?;
        let asked = timeout(self.timeout, async {
            self.stream.resume_transfer(from).await?;
            self.stream.custom_data_command(line, STARTS).await
        });
        let asked = asked.await;
        self.outcome(asked).map(|(_, data)| data)
    }

    /// The next bytes of a transfer; 0 at its end, which is none before [`Self::finish`] said so.
    pub(super) async fn read(&self, data: &mut Data, buffer: &mut [u8]) -> Result<usize, Failure> {
        let read = timeout(self.timeout, data.read(buffer)).await;
        self.outcome(read.map(|read| read.map_err(suppaftp::FtpError::ConnectionError)))
    }

    /// What the server says of a transfer: only 226 and 250 are its end.
    pub(super) async fn finish(&self, data: Data) -> Result<(), Failure> {
        let finished = timeout(self.timeout, data.finish()).await;
        self.outcome(finished)
    }

    /// The lines of a list. Nothing says how long it is, so the server must give it twice where its end is none by itself:
    /// where it is empty, ends within a line, or on an encrypted channel without a goodbye.
    pub(super) async fn lines(&mut self, command: &str) -> Result<Vec<String>, Failure> {
        let (text, cut) = self.list(command).await?;
        if (cut.is_some() || text.last() != Some(&b'\n')) && self.list(command).await?.0 != text {
            let what = "the list ended before its end, or changed meanwhile";
            return Err(Failure::Broken(cut.unwrap_or_else(|| what.to_owned())));
        }
        let text = String::from_utf8_lossy(&text);
        let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        Ok(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// The text of a list of which the server says that it is whole; and what broke its channel, if it was not closed well.
    async fn list(&mut self, command: &str) -> Result<(Vec<u8>, Option<String>), Failure> {
        let mut data = self.transfer(command, 0).await?;
        let (mut text, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
        let cut = loop {
            match self.read(&mut data, &mut buffer).await {
                Ok(0) => break None,
                Ok(n) => text.extend_from_slice(&buffer[..n]),
                // Servers that do not say goodbye on an encrypted channel: what 226 says counts.
                Err(Failure::Broken(cause)) => break Some(cause),
                Err(failure) => return Err(failure),
            }
            if text.len() as u64 > LONGEST_LIST {
                return Err(Failure::Broken(format!("the list is longer than {LONGEST_LIST} bytes")));
            }
        };
        self.finish(data).await?;
        Ok((text, cut))
    }

    pub(super) async fn end(mut self) {
        drop(timeout(GOODBYE, self.stream.quit()).await);
    }
}

/// The path of `257 "path" and more`, whose quotes are doubled (RFC 959). One that cannot be said again is none.
fn quoted(reply: &str) -> Option<String> {
    let (_, rest) = reply.split_once('"')?;
    let (path, _) = rest.rsplit_once('"')?;
    let path = path.replace("\"\"", "\"");
    let sayable = !path.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER);
    Some(path).filter(|path| sayable && !path.is_empty())
}

/// A control connection, encrypted where that is asked for.
async fn connect(
    target: &FtpTarget,
    tls: Option<&Arc<ClientConfig>>,
    distrust: &Distrust,
) -> Result<AsyncRustlsFtpStream> {
    let failed = |failure: Failure, code: Code| match failure {
        Failure::Broken(cause) => {
            let what = format!("{} cannot be reached: {}", target.shown(), printable(&cause));
            Error::new(Code::SourceUnreachable, what)
        }
        other => other.told(code, &format!("{}: the connection", target.shown())),
    };
    let outcome = |done: Result<FtpResult<AsyncRustlsFtpStream>, Elapsed>, code: Code| match done {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(cause)) => match distrust.take() {
            Some(why) => Err(failed(Failure::Unverified(why), code)),
            None => Err(failed(Failure::of(cause, &target.secrets()), code)),
        },
        Err(_) => Err(failed(Failure::Silent(target.timeout), code)),
    };
    let address = (target.host.as_str(), target.port);
    let handshake = tls.map(|tls| Handshake::new(tls.clone(), distrust.clone()));
    let stream = match (target.encryption, handshake) {
        (Encryption::Implicit, Some(handshake)) => {
            let made = AsyncRustlsFtpStream::connect_secure_implicit(address, handshake, &target.host);
            outcome(timeout(target.timeout, made).await, Code::SourceRefused)?
        }
        (_, handshake) => {
            let made = timeout(target.timeout, AsyncRustlsFtpStream::connect(address)).await;
            let stream = outcome(made, Code::SourceRefused)?;
            let Some(handshake) = handshake else { return Ok(stream) };
            let made = timeout(target.timeout, stream.into_secure(handshake, &target.host)).await;
            outcome(made, Code::SourceNotEncrypted)?
        }
    };
    keep_alive(&*stream.get_ref().await);
    Ok(stream)
}

/// While a large file comes, nothing is said on the control connection, and firewalls forget it.
fn keep_alive(socket: &TcpStream) {
    let set = set_socket_keepalive(socket, true)
        .and_then(|()| set_tcp_keepidle(socket, Duration::from_mins(1)))
        .and_then(|()| set_tcp_keepintvl(socket, Duration::from_secs(15)))
        .and_then(|()| set_tcp_keepcnt(socket, 4));
    if let Err(cause) = set {
        tracing::debug!(%cause, "the control connection keeps the system's settings");
    }
}
