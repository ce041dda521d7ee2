//! The signals that ask the program to stop.

/// A signal that asks the program to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Of a person who types Ctrl-C.
    Interrupt,
    /// Of a machine that shuts down, or of a time limit.
    Terminate,
}

impl Signal {
    /// Its name, e.g. `SIGINT`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        }
    }
}
