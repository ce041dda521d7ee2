//! What people and scripts see: data on stdout, remarks on stderr. Nothing else writes there but errors, in `main`.

use crate::{
    cli::Format,
    error::{Error, Result},
    export::{headline, summary_text},
    model::{Summary, Verdict},
};
use std::{
    io::{IsTerminal, Write},
    path::Path,
};

/// A line on stderr; nothing can be done where stderr is gone.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "tieout: {text}");
}

/// Data on stdout. What was to be kept is on disk by then, so a closed pipe costs only the text.
pub fn print(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|cause| Error::machine("write to", "stdout".as_ref(), cause))
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
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    if plain || !std::io::stdout().is_terminal() {
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
