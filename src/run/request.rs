//! What a run is asked to do, and what it answers.

use crate::{
    convert::Progress,
    database::Target,
    error::{Error, Result},
    feed::Feed,
    model::{Parameters, Summary},
    stop::Stop,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Tells a verdict, whose run has this folder.
pub type Tell = dyn Fn(&Summary, &Path) -> Result<()> + Send + Sync;

/// What a run is asked to do.
pub struct Request {
    /// One feed per row set of the feed file, at least one.
    pub feeds: Vec<Feed>,
    /// Files given as arguments.
    pub files: Vec<PathBuf>,
    /// The database.
    pub target: Target,
    /// Where run folders go.
    pub out: PathBuf,
    /// `--set`.
    pub parameters: BTreeMap<String, String>,
    /// Files converted at once.
    pub jobs: usize,
    /// Leave the work tables filled.
    pub keep_staging: bool,
    /// Leave the chunks on disk.
    pub keep_chunks: bool,
    /// Reconcile files that a run has counted already.
    pub force: bool,
    /// The process to stop for.
    pub stop: Stop,
    /// What long work reports to.
    pub progress: Arc<Progress>,
    /// Called when a stage begins.
    pub stage: Arc<dyn Fn(&str) + Send + Sync>,
    /// Tells a verdict to whoever started the program; a run is not done before.
    pub tell: Arc<Tell>,
}

impl Request {
    /// A bad file keeps no other from being taken: those of a source are a heap, those that are named belong together.
    pub(super) fn each_by_itself(&self) -> bool {
        let source = self.feeds[0].source.as_ref();
        self.files.is_empty() && source.is_some_and(|source| !source.all_or_nothing)
    }

    /// Whether the feed says what a day is to bring; files that are named are none of that.
    pub(super) fn expects(&self) -> bool {
        self.files.is_empty() && self.feeds[0].source.as_ref().is_some_and(|source| source.expect.is_some())
    }

    /// The parameters as they were given.
    pub(super) fn given(&self) -> Parameters {
        Parameters { values: self.parameters.clone(), casts: Vec::new() }
    }
}

/// What a run came to.
pub struct Report {
    /// The summary.
    pub summary: Summary,
    /// Its folder.
    pub folder: PathBuf,
    /// A hook or the clean-up failed: the verdict stands.
    pub after: Option<Error>,
    /// A run before reached the verdict, and did not tell it.
    pub late: bool,
}

impl Report {
    /// The exit status that the verdict asks for, and what it tells of files.
    #[must_use]
    pub fn status(&self) -> u8 {
        self.after.as_ref().map_or_else(|| self.summary.told_status(), Error::status)
    }
}
