//! What can go wrong, what it means for the exit status, and what the reader can do about it.
//!
//! Every error carries two sentences: what happened (with its subject: file, line, statement) and
//! what to do. Only `main` prints them.

mod place;

pub use place::{Mistake, Place};

use std::{borrow::Cow, fmt, io, path::Path};

/// What failed, as far as whoever watches the exit status must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Wrong arguments on the command line, or mistakes in the feed file.
    Usage,
    /// An input file was refused.
    Refused,
    /// The database was unreachable or refused a statement.
    Database,
    /// Files could not be fetched.
    Fetch,
    /// Another run of this feed holds the lock.
    Locked,
    /// This machine failed: disk full, read-only, no permission.
    Machine,
    /// Reconciled and exported, but a hook or the clean-up failed.
    After,
    /// An internal check failed: a bug, and nothing was exported.
    Internal,
    /// A signal asked the program to stop.
    Interrupted(Signal),
}

/// A signal that asks the program to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// `SIGINT`, of a person who types Ctrl-C.
    Interrupt,
    /// `SIGTERM`, of a machine that shuts down.
    Terminate,
}

/// Any failure of tieout. Its text says what happened, with its subject; [`Error::hint`] says what to do.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    what: String,
    hint: Cow<'static, str>,
    place: Option<Place>,
    mistakes: Vec<Mistake>,
}

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl ErrorKind {
    /// The exit status of the process (see "Exit statuses" in docs/outputs.md).
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Database => 4,
            Self::Fetch => 5,
            Self::Locked => 6,
            Self::Machine => 7,
            Self::After => 8,
            Self::Internal => 70,
            Self::Interrupted(Signal::Interrupt) => 130,
            Self::Interrupted(Signal::Terminate) => 143,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.0.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.0.what)?;
        for (n, mistake) in self.0.mistakes.iter().enumerate() {
            write!(f, "{}{mistake}", if n == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl Error {
    fn new(kind: ErrorKind, what: impl Into<String>, hint: impl Into<Cow<'static, str>>) -> Self {
        let (what, hint) = (what.into(), hint.into());
        Self(Box::new(Inner { kind, what, hint, place: None, mistakes: Vec::new() }))
    }

    /// Says where: the text begins with the place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.0.place = Some(place);
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The exit status of the process.
    #[must_use]
    pub fn status(&self) -> u8 {
        self.0.kind.status()
    }

    /// What the reader can do about it; empty where the message says it already.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.0.hint
    }

    /// Where it is, where that is known.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// The mistakes of a feed file, each with its own place; none of any other error.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.0.mistakes
    }

    /// Wrong usage.
    pub fn usage(what: impl Into<String>, hint: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Usage, what, hint)
    }

    /// Mistakes in the feed file, at least one.
    #[must_use]
    pub fn feed(mistakes: Vec<Mistake>) -> Self {
        let mut error = Self::usage("", "correct the feed file and run `tieout check` on it");
        error.0.mistakes = mistakes;
        error
    }

    /// A refused input file.
    pub fn refused(what: impl Into<String>, hint: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Refused, what, hint)
    }

    /// A database failure.
    pub fn database(what: impl Into<String>, hint: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Database, what, hint)
    }

    /// Files that could not be fetched.
    pub fn fetch(what: impl Into<String>, hint: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Fetch, what, hint)
    }

    /// A lock that another run holds.
    pub fn locked(what: impl Into<String>, hint: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Locked, what, hint)
    }

    /// A hook or clean-up that failed when the verdict stood.
    pub fn after(what: impl Into<String>, hint: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::After, what, hint)
    }

    /// A failed internal check.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::Internal,
            format!("internal check failed: {what}"),
            "this is a bug in tieout: nothing was exported; please report it with the feed",
        )
    }

    /// A signal stopped the work.
    #[must_use]
    pub fn interrupted(signal: Signal) -> Self {
        let name = match signal {
            Signal::Interrupt => "SIGINT",
            Signal::Terminate => "SIGTERM",
        };
        let what = format!("interrupted by {name}; nothing is half done, run the same command again");
        Self::new(ErrorKind::Interrupted(signal), what, "")
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
        let what = format!("cannot {doing} {}: {cause}", printable(&path.display().to_string()));
        Self::new(ErrorKind::Machine, what, hint)
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
