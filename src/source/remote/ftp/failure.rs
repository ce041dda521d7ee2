//! Why a step of a session failed, in the words that a person gets: what the server answered, escaped and without
//! whoever logs in.

use crate::error::{Code, Error, printable};
use std::time::Duration;
use suppaftp::{FtpError, Status};

/// How much of an answer is told.
const TOLD: usize = 200;

/// Why a step failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server answered, but not what was asked for.
    Refused { status: Status, answer: String },
    /// It said nothing for so long.
    Silent(Duration),
    /// The connection is gone, or what came is no FTP.
    Broken(String),
    /// Its certificate is not to be believed.
    Unverified(String),
}

impl Failure {
    /// Of what the library says; `secrets` are taken out of the answer.
    pub(super) fn of(error: FtpError, secrets: &[String]) -> Self {
        match error {
            FtpError::UnexpectedResponse(response) => {
                let mut answer = String::from_utf8_lossy(&response.body).trim_end().to_owned();
                for secret in secrets {
                    answer = answer.replace(secret, "***");
                }
                let answer = printable(&answer.chars().take(TOLD).collect::<String>());
                Self::Refused { status: response.status, answer }
            }
            FtpError::ConnectionError(cause) => Self::Broken(cause.to_string()),
            FtpError::SecureError(cause) => Self::Broken(cause),
            other => Self::Broken(other.to_string()),
        }
    }

    /// The session is of no use any more: what comes next could be the answer to an earlier command.
    pub(super) fn ends_session(&self) -> bool {
        !matches!(self, Self::Refused { status, .. } if *status != Status::NotAvailable)
    }

    /// The server does not know this command.
    pub(super) fn is_unknown_command(&self) -> bool {
        use Status as S;
        let unknown = [S::BadCommand, S::BadArguments, S::NotImplemented, S::NotImplementedParameter];
        matches!(self, Self::Refused { status, .. } if unknown.contains(status) || *status == S::CommandNotImplemented)
    }

    /// The server says that there is no such file or folder, or that this user may not see it.
    pub(super) fn is_unavailable(&self) -> bool {
        matches!(self, Self::Refused { status: Status::FileUnavailable, .. })
    }

    /// The error that a person gets: `doing` reads like "the list of the folder"; `refused` is the code of a refusal.
    pub(super) fn told(self, refused: Code, doing: &str) -> Error {
        match self {
            Self::Refused { answer, .. } => {
                Error::new(refused, format!("{doing}: the server answered `{answer}`"))
            }
            Self::Silent(time) => Error::new(
                Code::SourceSilent,
                format!("{doing}: the server said nothing for {} s", time.as_secs()),
            ),
            Self::Broken(cause) => Error::new(
                Code::TransferBroke,
                format!("{doing}: the connection broke: {}", printable(&cause)),
            ),
            Self::Unverified(cause) => Error::new(
                Code::SourceIdentity,
                format!("{doing}: the server's certificate is not believed: {}", printable(&cause)),
            ),
        }
    }
}
