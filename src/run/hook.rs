//! `[after]`: another process, told by arguments and environment what happened. No shell, its own
//! process group, a time limit; the lock is free by then.

use super::{
    export::{FinishedRun, clean_up_failed, prune},
    lock::Locks,
    request::{Report, Request},
};
use crate::{
    database::Connection,
    error::{Code, Error, Result, printable},
    failpoint::failpoint,
    feed::{After, FeedPath, On},
    model::{RefusedFile, Summary, Verdict},
    notify::{self, Happened},
    sql::Ledger,
};
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::process::{Child, Command};

/// Tells what runs came to: calls their hooks and marks them as done. The feeds are free by then, so that a process that
/// a hook leaves behind holds none; the runs are locked, so that no other process tells them too.
pub async fn tell(request: &Request, mut locks: Locks, finished: Vec<FinishedRun>) -> Vec<Report> {
    for run in &finished {
        let locked = async { locks.of(&run.summary.feed)?.also(&run.summary.run_id).await };
        if let Err(cause) = locked.await {
            // Where the session is gone, another process may tell the run once more: better twice than never.
            tracing::debug!(%cause, "the run cannot be locked");
        }
    }
    locks.open_feeds().await;
    let mut reports = Vec::new();
    for run in finished {
        reports.push(reconciled(request, run).await);
    }
    locks.release().await;
    reports
}

/// Runs the hook of a reconciled run and marks the run as done; gives what the run came to.
async fn reconciled(request: &Request, run: FinishedRun) -> Report {
    let FinishedRun { summary, folder, cleaned } = run;
    let printed = (request.tell)(&summary, &folder);
    // One that could not be printed has its hook called, and is told again by the next run.
    let cleaned = printed.and(cleaned);
    let after = call_and_mark(request, &summary, &folder, cleaned).await.err();
    Report { summary, folder, after, late: false }
}

async fn call_and_mark(
    request: &Request,
    summary: &Summary,
    folder: &Path,
    cleaned: Result<()>,
) -> Result<()> {
    if cleaned.is_err() && request.stop.is_set() {
        // A signal cut the clean-up short: the next run finishes this one, and fires the hook.
        return cleaned;
    }
    let mut came_to = match summary.verdict {
        Verdict::TiedOut => vec![On::TiedOut],
        Verdict::TiedOutWithFailedControls => Vec::new(),
        Verdict::Breaks => vec![On::Breaks],
    };
    if summary.failed_controls > 0 {
        came_to.push(On::FailedControls);
    }
    // Refused and missing files are this call's news too: none of its own comes after it.
    let status = summary.told_status();
    if status > 1 {
        came_to.push(On::Failure);
    }
    let values = HookValues {
        run: summary.run_id.to_string(),
        out: folder.display().to_string(),
        summary: folder.join("summary.json").display().to_string(),
        breaks: folder.join("breaks.csv").display().to_string(),
        status: status.to_string(),
        refused: names(&summary.refused_files),
    };
    let asked = |after: &&After| came_to.iter().any(|on| after.on.contains(on));
    if let Some(after) = request.feeds[0].after.as_ref().filter(asked) {
        let happened = Happened::Verdict { summary, folder: &values.out, status };
        both(request, after, &values, &happened).await?;
    }
    failpoint("before-done", &request.stop).await;
    cleaned?;
    // Only now: a run that is killed or fails before this is finished, and its hook fired, by the next one.
    let mut connection = Connection::open(&request.target).await?;
    connection.execute(&Ledger(connection.dialect()).run_status(&summary.run_id, "done")).await?;
    // The run's own results may go now.
    let feed = request.feeds.iter().find(|feed| feed.name == *summary.feed);
    if let Some(feed) = feed.filter(|feed| feed.results.keep_runs == 0) {
        prune(&mut connection, feed).await.map_err(clean_up_failed)?;
    }
    connection.close().await;
    Ok(())
}

/// What every hook has in its environment.
const STATUS: &str = "TIEOUT_STATUS";

/// Runs the hook of a run that failed, or of failures that no verdict's call has told; its own failure is only logged. A run that a hook has started calls none: it would start
/// itself for ever.
pub async fn failed(request: &Request, cause: &Error, refused: &[RefusedFile]) {
    let Some(after) = request.feeds[0].after.as_ref().filter(|after| after.on.contains(&On::Failure)) else {
        return;
    };
    if std::env::var_os(STATUS).is_some() {
        tracing::warn!("this run was started by a hook, so its own hook for failures is not called");
        return;
    }
    let values =
        HookValues { status: cause.status().to_string(), refused: names(refused), ..HookValues::default() };
    let happened = Happened::Failure { feed: &request.feeds[0].name, cause };
    if let Err(hook) = both(request, after, &values, &happened).await {
        tracing::warn!(%hook, "the hook failed");
    }
}

/// The command and the webhook, each whatever becomes of the other.
async fn both(request: &Request, after: &After, values: &HookValues, happened: &Happened<'_>) -> Result<()> {
    let command = match &after.command {
        Some(command) => call(&request.feeds[0].file, after, command, values).await,
        None => Ok(()),
    };
    let webhook = match &after.webhook {
        Some(webhook) => notify::post(webhook, after.timeout, happened).await,
        None => Ok(()),
    };
    match (command, webhook) {
        (Err(one), Err(other)) => Err(one.and(&other)),
        (one, other) => one.and(other),
    }
}

/// What an argument of a hook may hold in braces.
pub const PLACEHOLDERS: [&str; 6] = ["run", "out", "summary", "breaks", "status", "refused"];

#[derive(Default)]
struct HookValues {
    run: String,
    out: String,
    summary: String,
    breaks: String,
    status: String,
    refused: String,
}

/// The names of files, one a line.
fn names(refused: &[RefusedFile]) -> String {
    let names: Vec<String> = refused.iter().map(|file| printable(&file.name)).collect();
    names.join("\n")
}

impl HookValues {
    fn pairs(&self) -> [(&'static str, &str); 6] {
        let [run, out, summary, breaks, status, refused] = PLACEHOLDERS;
        [
            (run, &self.run),
            (out, &self.out),
            (summary, &self.summary),
            (breaks, &self.breaks),
            (status, &self.status),
            (refused, &self.refused),
        ]
    }

    fn fill(&self, argument: &str) -> String {
        self.pairs()
            .iter()
            .fold(argument.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

/// A program with a folder is found as every path of a feed file is; one without by `PATH`.
fn program(feed: &Path, named: &str) -> PathBuf {
    if named.contains('/') { FeedPath::of(feed, named.as_ref()).found().to_owned() } else { named.into() }
}

async fn call(feed: &Path, after: &After, command: &[String], values: &HookValues) -> Result<()> {
    let stands =
        if values.run.is_empty() { "" } else { "the verdict stands and the outputs are complete, but " };
    let failed = |what: String| {
        let of = if values.run.is_empty() { String::new() } else { format!(" of run {}", values.run) };
        Error::new(Code::HookFailed, format!("{stands}the hook {}{of} {what}", command[0]))
    };
    let arguments: Vec<String> = command.iter().map(|argument| values.fill(argument)).collect();
    let mut command = Command::new(program(feed, &arguments[0]));
    command.args(&arguments[1..]).stdin(Stdio::null()).kill_on_drop(true).process_group(0);
    // What the hook needs, and no secret of ours.
    command.env_clear();
    command.envs(
        ["PATH", "HOME", "LANG", "TZ"].iter().filter_map(|name| Some((*name, std::env::var_os(name)?))),
    );
    for (name, value) in values.pairs() {
        command.env(format!("TIEOUT_{}", name.to_uppercase()), value);
    }
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|cause| failed(format!("cannot be started: {cause}")).because(cause))?;
    // Also where this call itself is given up, since a signal came.
    let group = ProcessGroup::of(&child);
    let limit = after.timeout.max(Duration::from_secs(1));
    match tokio::time::timeout(limit, child.wait()).await {
        Ok(Ok(status)) => {
            // What it left running on purpose is its own.
            group.release();
            if status.success() { Ok(()) } else { Err(failed(format!("ended with {status}"))) }
        }
        Ok(Err(cause)) => Err(failed(format!("cannot be waited for: {cause}")).because(cause)),
        Err(_) => {
            drop(group);
            drop(child.kill().await);
            Err(failed(format!("ran longer than {} seconds and was killed", limit.as_secs())))
        }
    }
}

/// The hook and the processes that it started, unless they left its group; killed when this is dropped.
struct ProcessGroup(Option<Pid>);

impl ProcessGroup {
    fn of(leader: &Child) -> Self {
        Self(leader.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)))
    }

    /// The leader ended by itself.
    fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // Where none of them is left, there is nothing to do.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}
