//! What can go wrong, what it means for the exit status, and what the reader can do about it.
//!
//! Every error carries two sentences: what happened (with its subject: file, line, statement) and
//! what to do. Only `main` prints them.

use std::{io, path::Path};

/// Any failure of tieout, named by what failed. `what` says what happened, `hint` what to do.
#[allow(missing_docs, reason = "the fields mean the same in every variant; see above")]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wrong arguments on the command line.
    #[error("{what}")]
    Usage { what: String, hint: String },
    /// One or more mistakes in the feed file, each with its own place.
    #[error("{}", mistakes.join("\n"))]
    Feed { mistakes: Vec<String> },
    /// An input file was refused.
    #[error("{what}")]
    Refused { what: String, hint: String },
    /// The database was unreachable or refused a statement.
    #[error("{what}")]
    Database { what: String, hint: String },
    /// Files could not be fetched.
    #[error("{what}")]
    Fetch { what: String, hint: String },
    /// Another run of this feed holds the lock.
    #[error("{what}")]
    Locked { what: String, hint: String },
    /// This machine failed: disk full, read-only, no permission.
    #[error("{what}")]
    Machine { what: String, hint: String },
    /// Reconciled and exported, but a hook or the clean-up failed.
    #[error("{what}")]
    After { what: String, hint: String },
    /// An internal check failed: a bug, and nothing was exported.
    #[error("internal check failed: {what}")]
    Internal { what: String },
    /// A signal asked the program to stop.
    #[error("interrupted by {name}; nothing is half done, run the same command again")]
    Interrupted { name: &'static str, status: u8 },
}

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The exit status of the process (see "Exit status" in the README).
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Usage { .. } | Self::Feed { .. } => 2,
            Self::Refused { .. } => 3,
            Self::Database { .. } => 4,
            Self::Fetch { .. } => 5,
            Self::Locked { .. } => 6,
            Self::Machine { .. } => 7,
            Self::After { .. } => 8,
            Self::Internal { .. } => 70,
            Self::Interrupted { status, .. } => *status,
        }
    }

    /// What the reader can do about it; empty where the message says it already.
    #[must_use]
    pub fn hint(&self) -> &str {
        match self {
            Self::Usage { hint, .. }
            | Self::Refused { hint, .. }
            | Self::Database { hint, .. }
            | Self::Fetch { hint, .. }
            | Self::Locked { hint, .. }
            | Self::Machine { hint, .. }
            | Self::After { hint, .. } => hint,
            Self::Feed { .. } => "correct the feed file and run `tieout check` on it",
            Self::Internal { .. } => {
                "this is a bug in tieout: nothing was exported; please report it with the feed"
            }
            Self::Interrupted { .. } => "",
        }
    }

    /// Wrong usage.
    pub fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { what: what.into(), hint: hint.into() }
    }

    /// A refused input file.
    pub fn refused(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), hint: hint.into() }
    }

    /// A database failure.
    pub fn database(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Database { what: what.into(), hint: hint.into() }
    }

    /// A failed internal check.
    pub fn internal(what: impl Into<String>) -> Self {
        Self::Internal { what: what.into() }
    }

    /// Wraps it for a reader, which can fail with nothing else.
    #[must_use]
    pub fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }

    /// Whether [`Self::into_io`] made `cause`.
    #[must_use]
    pub fn is_in(cause: &io::Error) -> bool {
        matches!(cause.get_ref(), Some(inner) if inner.is::<Self>())
    }

    /// Unwraps what [`Self::into_io`] wrapped.
    ///
    /// # Errors
    /// `cause`, where it is another one.
    pub fn from_io(cause: io::Error) -> Result<Self, io::Error> {
        cause.downcast()
    }

    /// A failed call to the operating system on `path`; `doing` reads like "write".
    #[must_use]
    pub fn machine(doing: &str, path: &Path, cause: &io::Error) -> Self {
        use io::ErrorKind as K;
        let hint = match cause.kind() {
            K::StorageFull | K::QuotaExceeded => "free space there or choose another --out, then run again",
            K::PermissionDenied | K::ReadOnlyFilesystem => {
                "give this user write permission there or choose another --out, then run again"
            }
            K::NotFound => "check the path",
            _ => "check the disk and the path, then run again",
        };
        Self::Machine {
            what: format!("cannot {doing} {}: {cause}", printable(&path.display().to_string())),
            hint: hint.into(),
        }
    }
}

/// `text` with control, bidirectional and other invisible characters escaped, so that third-party
/// text can stand in a terminal or a log.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if hidden {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
