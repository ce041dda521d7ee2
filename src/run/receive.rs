//! The files to reconcile, with their digests. Nothing is changed by then, and wrong usage is told before a byte is read.

use super::request::Request;
use crate::{
    blocking::blocking,
    error::Result,
    source::{self, GivenFiles},
    sql,
};

/// The files that are offered, in order.
///
/// # Errors
/// `Usage` where the feed's side of ours cannot be asked; `Refused`, `Fetch` and `Machine` where a file cannot be read.
pub async fn files(request: &Request) -> Result<GivenFiles> {
    for feed in &request.feeds {
        sql::check_parameters(feed, &request.given())?;
    }
    (request.stage)("reading the files' digests");
    let (feed, paths, stop) = (request.feeds[0].clone(), request.files.clone(), request.stop.clone());
    blocking(move || {
        let GivenFiles { files, passed_over } = source::files(&feed, &paths, stop.flag())?;
        let files: Result<Vec<_>> = files.into_iter().map(|file| file.digested(stop.flag())).collect();
        Ok(GivenFiles { files: files?, passed_over })
    })
    .await
}
