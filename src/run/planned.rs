//! What a run of one feed executes, from its session to its clean-up, as steps to paste: `plan` prints them. Pasted, they
//! leave nothing. What would stay is shown and not executed, or executed in the transaction, which is rolled back.

use super::{accepted, work_tables::prepare_statements};
use crate::{
    database::{Connection, has_ledger},
    error::{Result, printable},
    feed::Feed,
    model::{Converted, OursShape, Reject},
    reconcile::{self, ReadFile, Task},
    source::InputFile,
    sql::{
        self, Dialect, Ledger, LockStatements, Statement, Work,
        client::{self, PlanStep},
    },
};
/// What is to be planned.
pub struct PlannedRun<'a> {
    /// The feed.
    pub feed: &'a Feed,
    /// Our side.
    pub shape: &'a OursShape,
    /// The files, with their digests.
    pub files: &'a [InputFile],
    /// What was read of each.
    pub converted: &'a [Converted],
    /// (file number, reject), in order.
    pub rejects: &'a [(u32, Reject)],
    /// The names of the chunks of its rows, and of those of elements without.
    pub chunks: [Vec<String>; 2],
}

/// What of the database decides which statements there are.
struct PlanFacts {
    /// What makes and empties the work tables.
    prepare: Vec<Statement>,
    /// Work tables that are not there.
    absent: Vec<String>,
    /// The number of the run.
    seq: i64,
    /// What the file of accepted breaks changes.
    taken_over: Vec<Statement>,
    /// What is noted for the runs after it, or why the run would be refused.
    noted: Result<Vec<Statement>>,
}

/// The steps of a run of the feed on this database as it is now.
///
/// # Errors
/// `Database`; `Usage` where a chunk's name cannot be written in the client's syntax, or `accepted` cannot be read.
pub async fn planned(connection: &mut Connection, run: &PlannedRun<'_>) -> Result<Vec<PlanStep>> {
    let dialect = connection.dialect();
    let set = run.feed.set.as_ref();
    let run_id = set.map_or_else(|| "plan".to_owned(), |set| format!("plan-{set}"));
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let known = known(connection, run, &run_id, &now).await?;
    let (feed, shape, converted, rejects) = (run.feed, run.shape, run.converted, run.rejects);
    let task = Task { feed, shape, run_id: &run_id, converted, rejects };
    let work = Work::new(dialect, feed);
    let mut plan =
        Planner { dialect, ledger: Ledger(dialect), work, run, task, now: &now, steps: Vec::new() };
    plan.session(connection.session_statements());
    plan.lock();
    plan.begin(known.seq);
    plan.tables(&known.prepare);
    plan.load()?;
    plan.transaction(known.seq, known.taken_over, known.noted)?;
    plan.clean_up(&known.absent);
    Ok(plan.steps)
}

async fn known(
    connection: &mut Connection,
    run: &PlannedRun<'_>,
    run_id: &str,
    now: &str,
) -> Result<PlanFacts> {
    let feed = run.feed;
    let ledger = Ledger(connection.dialect());
    let work = Work::new(connection.dialect(), feed);
    let prepare = prepare_statements(connection, &work).await?;
    let mut absent = Vec::new();
    for (table, _) in work.tables() {
        if connection.table_columns(&table).await?.is_empty() {
            absent.push(table);
        }
    }
    let mut known = PlanFacts { prepare, absent, seq: 1, taken_over: Vec::new(), noted: Ok(Vec::new()) };
    if has_ledger(connection).await? {
        let last: Option<i64> = connection.read_first(&ledger.run_last_seq(&feed.name)).await?;
        known.seq = last.unwrap_or_default().saturating_add(1);
        known.taken_over =
            reconcile::taken_over(connection, &feed.name, now, &accepted::of_feed(feed)?).await?;
        known.noted = match reconcile::follow(connection, feed, &read_files(run)).await {
            Ok(followed) => {
                Ok(reconcile::noted_positions(ledger, feed, (run_id, known.seq), &followed.noted))
            }
            Err(cause) => Err(cause),
        };
    }
    Ok(known)
}

fn read_files<'a>(run: &PlannedRun<'a>) -> Vec<ReadFile<'a>> {
    let files = run.files.iter().zip(run.converted);
    files.map(|(file, converted)| ReadFile { name: &file.name, sha256: &file.sha256, converted }).collect()
}

struct Planner<'a> {
    dialect: Dialect,
    ledger: Ledger,
    work: Work<'a>,
    run: &'a PlannedRun<'a>,
    task: Task<'a>,
    now: &'a str,
    steps: Vec<PlanStep>,
}

impl Planner<'_> {
    fn section(&mut self, title: &'static str) {
        self.steps.push(PlanStep::Section(title));
    }

    fn remark(&mut self, text: impl Into<String>) {
        self.steps.push(PlanStep::Remark(text.into()));
    }

    fn execute(&mut self, all: impl IntoIterator<Item = Statement>) {
        self.steps.extend(all.into_iter().map(PlanStep::Executed));
    }

    fn show(&mut self, all: impl IntoIterator<Item = Statement>) {
        self.steps.extend(all.into_iter().map(PlanStep::Shown));
    }

    fn session(&mut self, settings: Vec<Statement>) {
        self.section("the session");
        self.execute(client::quiet(self.dialect).into_iter().chain(settings));
    }

    fn lock(&mut self) {
        let feed = &self.run.feed.name;
        self.section("the feed's lock");
        let Some(LockStatements { take, held, .. }) = sql::lock(self.dialect, feed) else {
            self.remark(format!(
                "sqlite3 cannot take it: while a run is at work, it locks the file {feed}.lock whose name begins with that \
                 of the database.\nSee that no run of feed {feed} is at work, since this empties its work tables."
            ));
            return;
        };
        self.remark(
            "The first answer is to be true, or 1. If it is not, another run of the feed is at work, and the second \
             statement fails:\npaste no further, since what follows empties the feed's work tables. Paste again when that \
             run is done.",
        );
        self.execute([take, held]);
        self.remark(
            "A run marks its sessions by a random number, and notes it, so that the next run finds them.",
        );
        let note = self.ledger.session_note(feed, 0, "lock", "this process");
        self.show(sql::mark(self.dialect, 0).into_iter().chain([note]));
    }

    fn begin(&mut self, seq: i64) {
        let (ledger, feed) = (self.ledger, self.run.feed);
        self.section("runs that died, and files that were counted");
        self.execute([ledger.runs_loading(&feed.name)]);
        self.show([ledger.run_abandon(&feed.name, "it died before its commit")]);
        self.execute([ledger.runs_unfinished(&feed.name), ledger.ignored(feed.file_name())]);
        let files = self.run.files;
        self.execute(files.iter().map(|file| ledger.file_seen(&feed.name, &file.sha256)));
        self.section("the run begins: each statement is committed by itself");
        self.show([ledger.session_note(&feed.name, 0, "run", "this process")]);
        self.execute([ledger.run_last_seq(&feed.name)]);
        self.show(self.begun(seq));
    }

    /// What says that the run has begun, and may commit.
    fn begun(&self, seq: i64) -> [Statement; 3] {
        let (ledger, feed, run_id) = (self.ledger, &self.run.feed.name, self.task.run_id);
        [
            ledger.fence_new(feed),
            ledger.fence_take(feed, run_id, "run, process, host and --out"),
            ledger.run_begin(run_id, feed, seq, self.now),
        ]
    }

    fn tables(&mut self, prepare: &[Statement]) {
        self.section("the work tables");
        self.execute(prepare.iter().cloned());
        if self.work.view().is_some() {
            self.remark("Where the view of the feed's breaks is missing, or has other columns:");
            self.show(self.work.create_view());
        }
    }

    fn load(&mut self) -> Result<()> {
        self.section("the bulk load, in one transaction");
        let [chunks, parents] = &self.run.chunks;
        if chunks.is_empty() {
            self.remark(
                "Name FILEs to see their chunks loaded here; without them the join compares every pair by value too.",
            );
        }
        self.execute([sql::begin(self.dialect)]);
        self.steps.extend(client::load(&self.work, chunks)?);
        if let Some(work) = self.work.of_parents() {
            self.steps.extend(client::load(&work, parents)?);
        }
        self.remark("A run looks here whether it may still commit.");
        self.show([self.ledger.fence_check(&self.run.feed.name)]);
        self.execute([sql::commit(self.dialect)]);
        self.execute(self.work.index());
        Ok(())
    }

    fn transaction(
        &mut self,
        seq: i64,
        taken_over: Vec<Statement>,
        noted: Result<Vec<Statement>>,
    ) -> Result<()> {
        let (ledger, feed, run_id) = (self.ledger, self.run.feed, self.task.run_id);
        self.section("the reconciliation, in one transaction");
        self.execute([sql::begin(self.dialect)]);
        self.remark("A run has executed the next three before. Here they are in the transaction, so that they go with it.");
        self.execute(self.begun(seq));
        self.execute([ledger.fence_check(&feed.name)]);
        for statement in reconcile::statements(self.dialect, &self.task)?.in_order() {
            self.execute([statement.clone()]);
            if statement.name == "tie_loose" {
                self.remark("Of these a run picks the nearest pairs, and inserts them into the tie.");
            }
        }
        self.remark("A run reads its results back, and proves that every row is accounted for.");
        self.show([ledger.read_results(run_id)]);
        self.execute([sql::server_settings(self.dialect)]);
        let files = read_files(self.run);
        self.execute(reconcile::asked_positions(ledger, feed, &files));
        self.life(taken_over);
        self.execute([ledger.runs_before(&feed.name)]);
        let files = self.run.files.iter().zip(1..).map(|(file, number)| (number, &*file.name, &*file.sha256));
        self.execute(reconcile::noted_files(ledger, &self.task, &files.collect::<Vec<_>>()));
        match noted {
            Ok(noted) => self.execute(noted),
            Err(cause) => {
                self.remark(format!("A run of these files ends here: {}", printable(&cause.to_string())));
            }
        }
        self.remark("A run writes its verdict here, and its summary as JSON.");
        self.execute([ledger.run_reconciled(run_id, "breaks", self.now, "{}")]);
        self.section("the results, as a run exports them");
        self.execute([ledger.read_results(run_id), ledger.read_rejects(run_id), ledger.read_cleared(run_id)]);
        self.remark("A run commits here. This is a plan, so nothing stays.");
        self.show([sql::commit(self.dialect)]);
        self.execute([sql::rollback(self.dialect)]);
        Ok(())
    }

    /// What becomes of breaks over runs.
    fn life(&mut self, taken_over: Vec<Statement>) {
        if self.task.feed.timing.is_some() {
            self.execute(reconcile::timing_statements(self.dialect, &self.task));
            self.remark("Of these a run finds the rows that are timing by their days, and marks them.");
        }
        self.execute([self.ledger.accepted_read(&self.run.feed.name, "file")]);
        self.execute(taken_over);
        let life = reconcile::life_statements(self.dialect, &self.task, self.now);
        if self.dialect.has_sha256() {
            self.execute(life);
        } else {
            self.remark(
                "The ids of breaks are digests, which this client cannot make. A run fills them in; then:",
            );
            self.show(life);
        }
    }

    fn clean_up(&mut self, absent: &[String]) {
        let (ledger, feed, run_id) = (self.ledger, self.run.feed, self.task.run_id);
        self.section("the clean-up");
        self.show(self.run.files.iter().map(|file| ledger.refused_forget(feed.file_name(), &file.sha256)));
        self.show([ledger.run_status(run_id, "exported")]);
        self.execute(self.work.truncate());
        if !absent.is_empty() {
            self.remark(
                "A run keeps its work tables. These were not there when this plan was made, so they go:",
            );
            self.execute(absent.iter().map(|table| self.work.drop(table)).collect::<Vec<_>>());
        }
        let (keep, all) = (feed.results.keep_runs, feed.results.keep_runs == 0);
        self.execute([ledger.runs_to_prune(&feed.name, keep, all)]);
        self.remark("For each run that this gives, here called RUN:");
        self.show([
            ledger.prune_breaks(&feed.name, "RUN"),
            ledger.prune_cleared("RUN"),
            ledger.prune_results("RUN"),
            ledger.prune_rejects("RUN"),
        ]);
        self.remark("When the hook has been told:");
        self.show([ledger.run_status(run_id, "done"), ledger.session_forget(&feed.name, 0)]);
        self.execute(sql::lock(self.dialect, &feed.name).map(|lock| lock.give_back));
    }
}
