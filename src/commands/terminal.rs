//! What people and scripts see: data on stdout, remarks on stderr. Nothing else writes there but errors, in `main`.

use crate::{
    cli::Format,
    error::{Error, Result},
    export::summary_text,
    model::Summary,
};
use std::{io::Write, path::Path};

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
        Format::Text => print(&summary_text(summary, folder)),
        Format::Json => print(&summary.json()),
    }
}
