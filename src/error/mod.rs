//! What can go wrong, what it means for the exit status, and what the reader can do about it.
//!
//! Every error has a code ([`Code`]), a sentence that says what happened with its subject (file, line, statement),
//! and a hint that says what to do. Only `main` prints them. Imports nothing of the crate.

mod codes;
mod entry;
mod place;
mod printable;
mod signal;
mod status;
#[cfg(test)]
mod tests;

pub use codes::Code;
pub use entry::Entry;
pub use place::{Mistake, Place};
pub use printable::{excerpt, printable, printable_json, printable_lines};
pub use signal::Signal;
pub use status::{ErrorKind, STATUSES};

use std::{borrow::Cow, error::Error as StdError, fmt, io, path::Path};

/// Any failure of tieout. Its text says what happened, with place and cause; [`Error::hint`] says what to do.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    what: String,
    /// Instead of what the code's table says.
    hint: Option<Cow<'static, str>>,
    place: Option<Place>,
    /// The sentence names the place itself.
    named: bool,
    mistakes: Vec<Mistake>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Code {
    /// The exit status that it leads to.
    #[must_use]
    pub fn status(self) -> u8 {
        // The largest number is below 25,600.
        u8::try_from(self as u16 / 100).unwrap_or(u8::MAX)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry().word)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.0.place.as_ref().filter(|_| !self.0.named) {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.0.what)?;
        for (n, mistake) in self.0.mistakes.iter().enumerate() {
            write!(f, "{}{mistake}", if n == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl StdError for Error {
    /// What another library said; the text of the error holds its sentence already.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

impl Error {
    /// What happened, in one sentence with its subject. The hint is the one of the code's table.
    pub fn new(code: Code, what: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            what: what.into(),
            hint: None,
            place: None,
            named: false,
            mistakes: Vec::new(),
            cause: None,
        }))
    }

    /// Mistakes in a feed file, at least one, each with its own place.
    #[must_use]
    pub fn feed(code: Code, mistakes: Vec<Mistake>) -> Self {
        let mut error = Self::new(code, "");
        error.0.mistakes = mistakes;
        error
    }

    /// An input file exceeds the limit that `key` under `[xml]` sets.
    pub fn limit(key: &str, what: impl Into<String>) -> Self {
        Self::new(Code::LimitExceeded, what)
            .with_hint(format!("raise {key} under [xml] if the file is right"))
    }

    /// What the program's own rules exclude.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::check(Code::Impossible, what)
    }

    /// A failed internal check, of one of the codes for them.
    pub fn check(code: Code, what: impl fmt::Display) -> Self {
        Self::new(code, format!("internal check failed: {what}"))
    }

    /// A signal stopped the work.
    #[must_use]
    pub fn interrupted(signal: Signal) -> Self {
        let code = match signal {
            Signal::Interrupt => Code::Interrupted,
            Signal::Terminate => Code::Terminated,
        };
        Self::new(code, format!("interrupted by {}; nothing is half done", signal.name()))
    }

    /// A failed call to the operating system on `path`; `doing` reads like "write".
    #[must_use]
    pub fn machine(doing: &str, path: &Path, cause: io::Error) -> Self {
        use io::ErrorKind as K;
        let code = match cause.kind() {
            K::StorageFull | K::QuotaExceeded => Code::DiskFull,
            K::PermissionDenied | K::ReadOnlyFilesystem => Code::NoPermission,
            K::NotFound => Code::NoSuchPath,
            _ => Code::MachineFailed,
        };
        let place = Place::file(&path.display().to_string());
        Self::new(code, format!("cannot {doing} {place}: {cause}")).about(place).because(cause)
    }

    /// Says what to do in this case, where the code's table cannot be as exact.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Says where: the text begins with the place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.0.place = Some(place);
        self
    }

    /// Says where it is, of a sentence that names the place itself.
    #[must_use]
    pub fn about(mut self, place: Place) -> Self {
        self.0.named = true;
        self.at(place)
    }

    /// Keeps what another library said.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Two failures told as one, under the code and with the hint of the first.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let (code, hint) = (self.0.code, self.hint().to_owned());
        Self::new(code, format!("{self}\n{other}")).with_hint(hint).because(self)
    }

    /// What exactly failed.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::of(self.0.code)
    }

    /// The exit status of the process.
    #[must_use]
    pub fn status(&self) -> u8 {
        self.0.code.status()
    }

    /// What the reader can do about it.
    #[must_use]
    pub fn hint(&self) -> &str {
        self.0.hint.as_deref().unwrap_or(self.0.code.entry().action)
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
}
