//! The statements on files of a source that could not be taken, and on those that have been.

use super::{
    Statement,
    ledger::Ledger,
    template::{Fill, template},
};

macro_rules! statement {
    ($self:expr, $name:literal $(, $argument:ident)*) => {
        Fill::default()$(.value(stringify!($argument), $argument))*.render($self.0, template!($name))
    };
}

/// A file of a source, as these tables name it.
#[derive(Debug, Clone, Copy)]
pub struct NamedFile<'a> {
    /// The feed's, without a row set's; empty: any feed's.
    pub feed: &'a str,
    /// The digest of name and digest.
    pub file_id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The digest of its bytes; empty where it could not be read.
    pub sha256: &'a str,
}

impl Ledger {
    /// Since when a file is refused.
    pub fn refused_since(self, feed: &str, file_id: &str) -> Statement {
        statement!(self, "refused_since", feed, file_id)
    }
    /// Why a file is refused.
    pub fn refused_code(self, feed: &str, file_id: &str) -> Statement {
        statement!(self, "refused_code", feed, file_id)
    }
    /// A file is refused for the first time.
    pub fn refused_add(self, file: NamedFile<'_>, code: &str, reason: &str, seen: &str) -> Statement {
        let NamedFile { feed, file_id, name, sha256 } = file;
        statement!(self, "refused_add", feed, file_id, name, sha256, code, reason, seen)
    }
    /// It is refused once more.
    pub fn refused_again(self, file: NamedFile<'_>, code: &str, reason: &str, seen: &str) -> Statement {
        let NamedFile { feed, file_id, .. } = file;
        statement!(self, "refused_again", code, reason, seen, feed, file_id)
    }
    /// It was taken after all.
    pub fn refused_forget(self, feed: &str, sha256: &str) -> Statement {
        statement!(self, "refused_forget", feed, sha256)
    }
    /// The refused files of a name or a digest: feed, name, digest.
    pub fn refused_called(self, called: &str) -> Statement {
        statement!(self, "refused_called", called)
    }
    /// The files that a feed is not to be offered: name, digest, reason.
    pub fn ignored(self, feed: &str) -> Statement {
        statement!(self, "ignored", feed)
    }
    /// The ignored files of a name or a digest: feed, name, digest.
    pub fn ignored_called(self, called: &str) -> Statement {
        statement!(self, "ignored_called", called)
    }
    /// A file may be offered again.
    pub fn ignored_forget(self, feed: &str, file_id: &str) -> Statement {
        statement!(self, "ignored_forget", feed, file_id)
    }
    /// A file is not to be offered again.
    pub fn ignored_add(self, file: NamedFile<'_>, reason: &str, ignored_at: &str) -> Statement {
        let NamedFile { feed, file_id, name, sha256 } = file;
        statement!(self, "ignored_add", feed, file_id, name, sha256, reason, ignored_at)
    }
    /// The files that committed runs of a row set have counted, of days from one on: day, name, digest.
    pub fn files_of_days(self, feed: &str, row_set: &str, since: &str) -> Statement {
        statement!(self, "files_of_days", row_set, feed, since)
    }
    /// For which day a file counts.
    pub fn day_read(self, feed: &str, file_id: &str) -> Statement {
        statement!(self, "day_read", feed, file_id)
    }
    /// A file counts for this day.
    pub fn day_add(self, feed: &str, file_id: &str, day: &str) -> Statement {
        statement!(self, "day_add", feed, file_id, day)
    }
    /// When a run looked into the source last.
    pub fn look_read(self, feed: &str) -> Statement {
        statement!(self, "look_read", feed)
    }
    /// The first run has looked into the source.
    pub fn look_add(self, feed: &str, looked_at: &str) -> Statement {
        statement!(self, "look_add", feed, looked_at)
    }
    /// A run has looked into the source again.
    pub fn look_again(self, feed: &str, looked_at: &str) -> Statement {
        statement!(self, "look_again", looked_at, feed)
    }
}
