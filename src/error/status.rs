//! The exit statuses, and the kind of failure that each one stands for.

use super::{Code, Entry};

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
    Interrupted,
}

impl ErrorKind {
    /// The kind of a code, by its exit status.
    #[must_use]
    pub fn of(code: Code) -> Self {
        match code.status() {
            2 => Self::Usage,
            3 => Self::Refused,
            4 => Self::Database,
            5 => Self::Fetch,
            6 => Self::Locked,
            7 => Self::Machine,
            8 => Self::After,
            130 | 143 => Self::Interrupted,
            _ => Self::Internal,
        }
    }
}

/// Every exit status there is.
pub const STATUSES: &[Entry] = &[
    Entry {
        word: "0",
        meaning: "everything ties out",
        why: "Every row of both sides has a partner with the same values, and every record could be converted. Of other commands: they did what they say.",
        action: "there is nothing to do",
    },
    Entry {
        word: "1",
        meaning: "there are breaks or rejects, or a control failed",
        why: "The run is complete, and at least one row has no equal partner or could not be converted. Or a control failed, and the feed's [fail_on] names controls.",
        action: "look into breaks.csv, rejects.csv and the controls in summary.json in the run's folder",
    },
    Entry {
        word: "2",
        meaning: "the command line or the feed is wrong",
        why: "An argument is missing or unknown, the feed file holds mistakes, or a run that was named is not there. Nothing was changed.",
        action: "correct what the message names; `tieout check FEED` lists all mistakes of a feed",
    },
    Entry {
        word: "3",
        meaning: "an input file was refused",
        why: "It is damaged, incomplete, of another kind, empty, or was reconciled before. Nothing was changed.",
        action: "ask the sender for another file, or correct the feed",
    },
    Entry {
        word: "4",
        meaning: "the database was unreachable or refused a statement",
        why: "The connection failed, a privilege is missing, or what the feed says of ours does not fit the database.",
        action: "`tieout check FEED` tries everything that a run needs",
    },
    Entry {
        word: "5",
        meaning: "files could not be fetched",
        why: "The source cannot be read, holds no new file, or a file is still being written.",
        action: "check that the sender delivered, then run again",
    },
    Entry {
        word: "6",
        meaning: "another run of this feed holds the lock",
        why: "Two runs never share the work tables of a feed.",
        action: "wait until it is done, then run again",
    },
    Entry {
        word: "7",
        meaning: "this machine failed",
        why: "The disk is full or read-only, or this user lacks a permission.",
        action: "free space or grant the permission, then run again",
    },
    Entry {
        word: "8",
        meaning: "reconciled and exported, but a hook or the clean-up failed",
        why: "The verdict stands and the outputs are complete. What should have come after them did not.",
        action: "correct the hook, or run `tieout clean FEED`; running the same command again is safe",
    },
    Entry {
        word: "70",
        meaning: "an internal check failed",
        why: "The program found that its own account does not hold, or a part of it crashed. Nothing was exported.",
        action: "please report it with the feed: this is a bug in tieout",
    },
    Entry {
        word: "130",
        meaning: "stopped by SIGINT",
        why: "A person typed Ctrl-C. Nothing is half done.",
        action: "run the same command again",
    },
    Entry {
        word: "143",
        meaning: "stopped by SIGTERM",
        why: "The system shut down, or a time limit ended the program. Nothing is half done.",
        action: "run the same command again",
    },
];
