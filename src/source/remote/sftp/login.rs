//! Logging in. The order is fixed: the key of `identity`; without one the password; without either, the keys of the agent.
//!
//! A password that opens the key's file is never sent to the server. `ssh`'s configuration files are not read.

use super::host_key::Guard;
use crate::{
    error::{Code, Error, Place, Result, excerpt},
    feed::{Access, Secret},
};
use russh::{
    MethodKind, MethodSet,
    client::{AuthResult, Handle, KeyboardInteractiveAuthResponse as Prompted},
    keys::{
        HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey,
        agent::{AgentIdentity, client::AgentClient},
    },
};
use std::{fmt::Display, fs, os::unix::fs::PermissionsExt, sync::Arc};

/// Questions of a server in a row; more are no login.
const MOST_QUESTIONS: usize = 8;

/// A login under way.
pub(super) struct Login<'a> {
    pub session: &'a mut Handle<Guard>,
    pub access: &'a Access,
    pub user: &'a str,
    /// Host and port, for messages.
    pub server: &'a str,
}

/// What came of one attempt.
enum Attempt {
    Done,
    /// It was refused, or is not enough; these are the ways that are left.
    Not {
        left: MethodSet,
        /// What was shown is right, and more is wanted.
        more: bool,
    },
}

impl From<AuthResult> for Attempt {
    fn from(result: AuthResult) -> Self {
        match result {
            AuthResult::Success => Self::Done,
            AuthResult::Failure { remaining_methods: left, partial_success: more } => {
                Self::Not { left, more }
            }
        }
    }
}

impl From<Prompted> for Attempt {
    fn from(answer: Prompted) -> Self {
        match answer {
            Prompted::Success => Self::Done,
            Prompted::Failure { remaining_methods: left, partial_success: more } => Self::Not { left, more },
            // Questions are answered where they come.
            Prompted::InfoRequest { .. } => Self::Not { left: MethodSet::empty(), more: false },
        }
    }
}

impl Login<'_> {
    /// Logs in.
    ///
    /// # Errors
    /// `Fetch` where the server refuses, or nothing is at hand to log in with; `Machine` where the key's file cannot be
    /// read.
    pub(super) async fn run(mut self) -> Result<()> {
        let attempt = match (&self.access.identity, &self.access.password) {
            (Some(_), _) => self.by_key().await?,
            (None, Some(password)) => self.by_password(password.reveal()).await?,
            (None, None) => self.by_agent().await?,
        };
        let Attempt::Not { left, more } = attempt else { return Ok(()) };
        // A server that refuses says which ways it takes. This one went away.
        if left.is_empty() || self.session.is_closed() {
            return Err(self.ended("nothing was answered"));
        }
        let ways: Vec<&str> = left.iter().map(<&str>::from).collect();
        let ways = excerpt(&ways.join(", "));
        Err(self.refused(&if more {
            format!("what it got is not enough, it also wants {ways}")
        } else {
            format!("it takes {ways}")
        }))
    }

    async fn by_key(&mut self) -> Result<Attempt> {
        let Some(path) = &self.access.identity else {
            return Err(Error::internal("a login by key has no key"));
        };
        let text = fs::read_to_string(path).map_err(|cause| Error::machine("read", path, cause))?;
        let secret = self.access.password.as_ref().map(Secret::reveal);
        let is_open = fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0);
        let plain = read_key(&text, None);
        let is_plain = plain.is_ok();
        if is_open && is_plain {
            let file = Place::file(&path.display().to_string());
            tracing::warn!("others can read the private key in {file}: chmod 600 keeps it to its owner");
        }
        let key = plain.or_else(|cause| match secret {
            Some(secret) => read_key(&text, Some(secret)),
            None => Err(cause),
        });
        let key = key.map_err(|cause| {
            let what = format!("the private key of identity cannot be used: {cause}");
            Error::new(Code::SourceLogin, what).with_hint(
                "identity names a private key's file; its passphrase is password_file or password of [source]",
            )
        })?;
        let hash = self.hash(key.public_key()).await?;
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
        let sent = self.session.authenticate_publickey(self.user, key).await;
        let attempt = Attempt::from(sent.map_err(|cause| self.ended(cause))?);
        match (attempt, secret) {
            // A second factor: the password is the account's, since it did not open the key.
            (Attempt::Not { left, more: true }, Some(password)) if is_plain => {
                if left.contains(&MethodKind::Password) {
                    self.by_password(password).await
                } else {
                    self.by_questions(password).await
                }
            }
            (attempt, _) => Ok(attempt),
        }
    }

    async fn by_password(&mut self, password: &str) -> Result<Attempt> {
        let sent = self.session.authenticate_password(self.user, password).await;
        let attempt = Attempt::from(sent.map_err(|cause| self.ended(cause))?);
        match attempt {
            // Where it takes passwords, this one was wrong, and asking once more would not help.
            Attempt::Not { ref left, .. }
                if !left.contains(&MethodKind::Password)
                    && left.contains(&MethodKind::KeyboardInteractive) =>
            {
                self.by_questions(password).await
            }
            attempt => Ok(attempt),
        }
    }

    /// Answers a server that asks for the password, and for nothing else.
    async fn by_questions(&mut self, password: &str) -> Result<Attempt> {
        let start = self.session.authenticate_keyboard_interactive_start(self.user, None::<String>).await;
        let mut answer = start.map_err(|cause| self.ended(cause))?;
        let mut told = false;
        for _ in 0..MOST_QUESTIONS {
            let Prompted::InfoRequest { prompts, .. } = answer else { return Ok(answer.into()) };
            let answers = match prompts.as_slice() {
                [] => Vec::new(),
                [prompt] if !prompt.echo && !told => {
                    told = true;
                    vec![password.to_owned()]
                }
                prompts => {
                    let asked: Vec<&str> = prompts.iter().map(|prompt| prompt.prompt.trim()).collect();
                    let asked = excerpt(&asked.join(" "));
                    return Err(self.refused(&format!("it asks for more than a password: `{asked}`")));
                }
            };
            let next = self.session.authenticate_keyboard_interactive_respond(answers).await;
            answer = next.map_err(|cause| self.ended(cause))?;
        }
        Err(self.refused("it does not stop asking"))
    }

    /// Shows the agent's keys, one after another, in its order.
    async fn by_agent(&mut self) -> Result<Attempt> {
        let none = |why: String| {
            Error::new(
                Code::SourceLogin,
                format!("nothing is at hand to log in to {} with: {why}", self.server),
            )
            .with_hint("name password, password_file or identity under [source], or set SSH_AUTH_SOCK")
        };
        let agent = AgentClient::connect_env().await;
        let mut agent =
            agent.map_err(|cause| none(format!("no password, no identity and no agent, {cause}")))?;
        if let Some(binding) = self.session.agent_session_binding() {
            // Agents from before OpenSSH 8.9 do not know it, and then have no keys that need it.
            drop(agent.bind_session(binding, false).await);
        }
        let identities = agent.request_identities().await;
        let identities = identities.map_err(|cause| none(format!("the agent gives no keys, {cause}")))?;
        if identities.is_empty() {
            return Err(none("no password, no identity, and the agent holds no key".to_owned()));
        }
        let mut attempt = Attempt::Not { left: MethodSet::empty(), more: false };
        for (shown, identity) in identities.into_iter().enumerate() {
            let hash = self.hash(&identity.public_key()).await?;
            let sent = match identity {
                AgentIdentity::PublicKey { key, .. } => {
                    self.session.authenticate_publickey_with(self.user, key, hash, &mut agent).await
                }
                AgentIdentity::Certificate { certificate, .. } => {
                    self.session.authenticate_certificate_with(self.user, certificate, hash, &mut agent).await
                }
            };
            attempt = match sent {
                Ok(result) => result.into(),
                Err(cause) => return Err(self.refused(&cause.to_string())),
            };
            let Attempt::Not { left, more: false } = &attempt else { break };
            if left.is_empty() || self.session.is_closed() {
                // Servers allow few attempts. One that goes away before the first refusal was cut off.
                let many = format!("it ended the connection after {shown} keys of the agent");
                return if shown > 0 { Err(self.refused(&many)) } else { Ok(attempt) };
            }
        }
        Ok(attempt)
    }

    /// With which digest an RSA key signs: never SHA-1. Other keys have their own.
    async fn hash(&self, key: &PublicKey) -> Result<Option<HashAlg>> {
        if !key.algorithm().is_rsa() {
            return Ok(None);
        }
        let best = self.session.best_supported_rsa_hash().await;
        let best = best.map_err(|cause| self.ended(cause))?;
        Ok(Some(best.flatten().unwrap_or(HashAlg::Sha256)))
    }

    /// The connection, and not the login, failed.
    fn ended(&self, why: impl Display) -> Error {
        Error::new(
            Code::TransferBroke,
            format!("the connection to {} ended during the login: {why}", self.server),
        )
    }

    fn refused(&self, why: &str) -> Error {
        Error::new(Code::SourceLogin, format!("{} refused the login: {why}", self.server))
    }
}

/// A private key out of its file's text.
fn read_key(text: &str, passphrase: Option<&str>) -> Result<PrivateKey, russh::keys::Error> {
    let key = russh::keys::decode_secret_key(text, passphrase)?;
    if key.is_encrypted() { Err(russh::keys::Error::KeyIsEncrypted) } else { Ok(key) }
}
