//! The whole job, on one page: [`job`]. What a step does stands in the file that is named for it; nothing else knows
//! their order.

mod accepted;
mod arrivals;
mod chunks;
mod conversions;
mod estimated;
mod expected;
mod export;
mod hook;
mod late;
mod leftovers;
mod lock;
mod moved;
mod planned;
mod receive;
mod reconcile;
mod refusals;
mod request;
mod sessions;
mod stage;
mod start;
mod summarise;
mod trend;
mod unfinished;
mod work_tables;

pub use accepted::is_day;
pub use estimated::{Estimate, estimated};
pub use export::{prunable, remove_results, replay};
pub use hook::PLACEHOLDERS;
pub use planned::{PlannedRun, planned};
pub use refusals::file_id;
pub use request::{Report, Request, Tell};
pub use unfinished::{clean_up, clean_up_named};

use crate::{
    calendar::Look,
    database::{Connection, migrate},
    error::{Error, Result, printable},
    failpoint::failpoint,
    model::{ExpectedFiles, PassedOver},
    source::{BadFile, GivenFiles},
};
use export::FinishedRun;
use lock::Locks;
use receive::Received;
use reconcile::Incoming;
use refusals::Refusals;
use start::{NewFiles, StartedRun};

/// What a job came to: the verdicts that were reached, this time or before, and were told; and what ended it, if
/// anything did. The one does not undo the other.
pub struct Told {
    /// One per run, earlier runs first.
    pub reports: Vec<Report>,
    /// What the day was expected to bring, where the feed says that.
    pub expected: Option<ExpectedFiles>,
    /// Any error; see the exit statuses.
    pub failure: Option<Error>,
}

/// What a job met beside its runs.
#[derive(Default)]
struct Met {
    refusals: Refusals,
    expected: Option<ExpectedFiles>,
    /// A look into the source that ended with an answer.
    look: Option<Look>,
    /// Failures that the verdict's call tells.
    said: Option<Error>,
}

/// Runs the whole job, one run per row set; none where there is no new file and the feed allows that. Results, run row
/// and file ledger of a run are committed together or not at all.
pub async fn run(request: &Request) -> Told {
    let mut reports = Vec::new();
    let mut met = Met::default();
    let unsaid = Box::pin(job(request, &mut reports, &mut met)).await.err();
    let is_unsaid = unsaid.is_some();
    let Met { refusals, expected, look, said } = met;
    let late = late::failures(&reports, &refusals.files, expected.as_ref());
    let mut failure = together([said, unsaid].into_iter().chain(late.into_iter().map(Some))).err();
    let cut_short = failure.is_some() || reports.iter().any(|report| report.after.is_some());
    match request.stop.flag().check() {
        Err(signal) if cut_short => failure = Some(signal),
        _ => {
            if let Some(cause) = failure.as_ref().filter(|_| is_unsaid) {
                hook::failed(request, cause, &refusals.files).await;
            }
            if let Some(look) = look {
                expected::looked(request, look).await;
            }
        }
    }
    Told { reports, expected, failure }
}

/// Every step in its order. A test may hold or kill the process at the failpoints between them: whatever is lost there,
/// the next run of the feed finishes or does again.
async fn job(request: &Request, reports: &mut Vec<Report>, met: &mut Met) -> Result<()> {
    // Before anything is fetched: what it says is wrong with the feed, and not with a file.
    accepted::of_feed(&request.feeds[0])?;
    let arguments = receive::arguments(request).await;
    let (mut locks, mut connection) = match tell_earlier(request, reports).await {
        Ok(ready) => ready,
        Err(cause) => {
            return Err(match arguments {
                Ok(_) => cause,
                Err(file) => worst(file, cause),
            });
        }
    };
    let mut finished = Vec::new();
    // What is wrong with a file keeps no earlier verdict from being told.
    let result: Result<()> = Box::pin(async {
        let received = match arguments? {
            Some(received) => received,
            None => receive::from_source(&mut connection, request).await?,
        };
        let Received { given, source } = received;
        let look = match &source {
            Some(source) => expected::look(&mut connection, request, source.looked, &source.seen).await?,
            None => None,
        };
        let (connection, locks, finished) = (&mut connection, &mut locks, &mut finished);
        let mut job = Job { connection, locks, request, met, look, finished };
        let result = job.reconcile_new(given, reports).await;
        if result.is_ok() {
            job.met.look = look;
        }
        let moved = match source {
            Some(source) => Box::pin(moved::done_with(job.connection, request, source)).await,
            None => Ok(()),
        };
        together([result.err(), moved.err()])
    })
    .await;
    let files = [met.refusals.failure(!finished.is_empty()), expected::failure(met.expected.as_ref())];
    if finished.is_empty() {
        hook::tell(request, locks, finished).await;
        return together(files.into_iter().chain([result.err()]));
    }
    met.said = together(files).err();
    reports.extend(hook::tell(request, locks, finished).await);
    result
}

/// Failures told as one, that of the highest status first.
fn together(failures: impl IntoIterator<Item = Option<Error>>) -> Result<()> {
    failures.into_iter().flatten().reduce(worst).map_or(Ok(()), Err)
}

/// Two failures told as one, the one of the higher status first.
fn worst(one: Error, other: Error) -> Error {
    if other.status() > one.status() { other.and(&one) } else { one.and(&other) }
}

/// Tells the verdicts that earlier runs reached and did not tell, whatever files this one is given.
async fn tell_earlier(request: &Request, reports: &mut Vec<Report>) -> Result<(Locks, Connection)> {
    migrate(&request.target).await?;
    // Once more after each telling: the feeds were free meanwhile, for a run that may have died since.
    loop {
        let mut locks = Locks::take(request).await?;
        failpoint("after-lock", &request.stop).await;
        let mut finished = Vec::new();
        let result: Result<Connection> = async {
            let mut connection = Connection::open(&request.target).await?;
            connection.watched_by(&request.stop).await;
            unfinished::finish(&mut connection, &mut locks, request, reports, &mut finished).await?;
            Ok(connection)
        }
        .await;
        if result.is_ok() && finished.is_empty() {
            return result.map(|connection| (locks, connection));
        }
        let told = hook::tell(request, locks, finished).await;
        reports.extend(told.into_iter().map(|report| Report { late: true, ..report }));
        result?.close().await;
        request.stop.flag().check()?;
    }
}

/// The part of a job that reconciles files.
struct Job<'a> {
    connection: &'a mut Connection,
    locks: &'a mut Locks,
    request: &'a Request,
    met: &'a mut Met,
    /// The look into the source, where the feed says what a day is to bring.
    look: Option<Look>,
    /// What it came to so far.
    finished: &'a mut Vec<FinishedRun>,
}

impl Job<'_> {
    /// Reconciles the files that are new, one run per row set; `told` are the earlier runs.
    async fn reconcile_new(&mut self, given: GivenFiles, told: &[Report]) -> Result<()> {
        let request = self.request;
        let given = refusals::without_ignored(self.connection, request, given).await?;
        let ignored: Vec<_> =
            given.passed_over.iter().filter(|one| one.reason == PassedOver::IGNORED).cloned().collect();
        let mut offers = Vec::new();
        for feed in &request.feeds {
            offers.push(start::offer(self.connection, request, feed, &given, told).await?);
        }
        let answered = start::is_answered(request, &given.files, told);
        let mut bad = given.bad;
        if !request.files.is_empty() && !bad.is_empty() {
            for other in &bad[1..] {
                tracing::warn!("{} cannot be taken either: {}", printable(&other.name), other.cause);
            }
            return Err(bad.swap_remove(0).cause);
        }
        self.refuse(bad).await?;
        let excused = answered || !self.met.refusals.files.is_empty() || request.expects();
        let new_files = start::new_files(request, offers, excused)?;
        if new_files.is_empty() {
            if let Some(ignored) = PassedOver::text(&ignored) {
                tracing::warn!("left out: {}", printable(&ignored));
            }
            return self.judge(&[]).await;
        }
        let mark = sessions::note(self.connection, request).await?;
        let result = self.reconcile_started(new_files).await;
        sessions::forget(self.connection, request, mark).await;
        result
    }

    /// Converts, loads, reconciles and exports, with one commit a run.
    async fn reconcile_started(&mut self, new_files: Vec<NewFiles<'_>>) -> Result<()> {
        let started = start::runs(self.connection, self.request, new_files).await?;
        match self.reconcile_all(&started).await {
            Ok(()) => Ok(()),
            Err(cause) => {
                start::mark_failed(self.connection, self.request, &started, &cause).await;
                Err(self.locks.lost(self.request, &started, cause).await)
            }
        }
    }

    async fn reconcile_all(&mut self, started: &[StartedRun<'_>]) -> Result<()> {
        let (request, stop) = (self.request, &self.request.stop);
        failpoint("after-begin", stop).await;
        let (staged, bad) = stage::convert_and_load(self.connection, request, started).await?;
        failpoint("after-load", stop).await;
        self.refuse(bad).await?;
        failpoint("after-refusals", stop).await;
        let taken = stage::taken(started, &staged);
        self.judge(&taken).await?;
        for (run, staged) in started.iter().zip(&staged) {
            if staged.converted.is_empty() {
                self.nothing_left(run).await;
                continue;
            }
            let Met { refusals, expected, .. } = &*self.met;
            let incoming = Incoming { refused: &refusals.files, expected: expected.as_ref() };
            let summary =
                reconcile::reconcile_and_commit(self.connection, request, run, staged, &incoming).await?;
            failpoint("after-commit", stop).await;
            Refusals::forget(self.connection, request, &summary).await?;
            let lock = self.locks.of(&run.feed.name)?;
            self.finished.push(export::export(self.connection, lock, request, run.feed, summary).await?);
        }
        Ok(())
    }

    /// Leaves bad files out and writes them down.
    async fn refuse(&mut self, bad: Vec<BadFile>) -> Result<()> {
        self.met.refusals.note(self.connection, self.request, bad).await?;
        if self.request.each_by_itself() { Ok(()) } else { self.met.refusals.of_all() }
    }

    /// Holds what came against what the day was expected to bring.
    async fn judge(&mut self, taken: &[(String, String)]) -> Result<()> {
        let Some(look) = self.look else { return Ok(()) };
        let refused = &self.met.refusals.files;
        self.met.expected = expected::judge(self.connection, self.request, look, taken, refused).await?;
        Ok(())
    }

    /// All files of a run were refused.
    async fn nothing_left(&mut self, run: &StartedRun<'_>) {
        if let Some(cause) = self.met.refusals.failure(false) {
            start::mark_failed(self.connection, self.request, std::slice::from_ref(run), &cause).await;
        }
    }
}
