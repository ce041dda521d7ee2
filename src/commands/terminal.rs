//! What people and scripts see: data on stdout, remarks on stderr. Nothing else writes there but errors, in `main`.

use crate::{
    cli::Format,
    error::{Error, Result},
    export::{headline, summary_text},
    log::{REMARK, no_colours},
    model::{Summary, Verdict},
};
use std::{
    io::{ErrorKind, IsTerminal, Write},
    path::Path,
};

/// A line on stderr, unless `--quiet`; nothing can be done where stderr is gone.
pub fn note(text: &str) {
    tracing::info!(target: REMARK, "{text}");
}

/// Data on stdout. What was to be kept is on disk by then: a pipe that was closed early, as by `head`, has had enough.
pub fn print(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
            Err(Error::machine("write to", "stdout".as_ref(), cause))
        }
        _ => Ok(()),
    }
}

/// What `--quiet` leaves of the summary: nothing of a day that ties out, the verdict's line of any other.
pub fn print_verdict(summary: &Summary, folder: &Path) -> Result<()> {
    if summary.verdict == Verdict::TiedOut {
        return Ok(());
    }
    let text = summary_text(summary, folder);
    let line = text.lines().next().unwrap_or_default();
    print(&format!("{line}: {}\n", folder.display()))
}

/// The summary on stdout.
pub fn print_summary(summary: &Summary, folder: &Path, format: Format) -> Result<()> {
    match format {
        Format::Text => print(&painted(summary, summary_text(summary, folder))),
        Format::Json => print(&summary.json()),
    }
}

/// The text with its verdict in colour, where it goes to a terminal that has colours: red, amber, green.
fn painted(summary: &Summary, text: String) -> String {
    if no_colours() || !std::io::stdout().is_terminal() {
        return text;
    }
    let colour = match summary.verdict {
        Verdict::TiedOut => 32,
        Verdict::TiedOutWithFailedControls => 33,
        Verdict::Breaks => 31,
    };
    let verdict = headline(summary);
    match text.strip_prefix(&verdict) {
        Some(rest) => format!("\u{1b}[1;{colour}m{verdict}\u{1b}[0m{rest}"),
        None => text,
    }
}
