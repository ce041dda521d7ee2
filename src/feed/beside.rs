//! Paths that a feed file names are relative to the folder of the feed file, wherever the program was started.

use crate::error::printable;
use std::path::{Path, PathBuf};

/// A path of a feed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPath {
    /// Where it is: beside the feed file, unless it is absolute.
    pub path: PathBuf,
    /// As the feed writes it.
    written: PathBuf,
}

impl FeedPath {
    /// What this feed file means by a path.
    #[must_use]
    pub fn of(feed: &Path, written: &Path) -> Self {
        let folder = feed.parent().unwrap_or(Path::new(""));
        Self { path: folder.join(written), written: written.to_owned() }
    }

    /// Where it is. What is not beside the feed file but in the working directory is taken from there, where an older
    /// version looked for it, and that is told.
    #[must_use]
    pub fn found(&self) -> &Path {
        if self.path == self.written || self.path.exists() || !self.written.exists() {
            return &self.path;
        }
        tracing::warn!(
            "{} is not in the folder of the feed file; it is taken from the working directory, which the next version will not do",
            printable(&self.written.display().to_string())
        );
        &self.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_beside_the_feed_file() {
        let path = |feed: &str, written: &str| FeedPath::of(feed.as_ref(), written.as_ref()).path;
        assert_eq!(path("feeds/acme.toml", "in"), Path::new("feeds/in"));
        assert_eq!(path("acme.toml", "in"), Path::new("in"));
        assert_eq!(path("/etc/acme.toml", "/srv/in"), Path::new("/srv/in"));
    }
}
