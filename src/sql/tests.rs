//! Every template of `sql/` rendered as the program renders it: nothing is left open, nothing is given in vain.

use super::{
    Audit, Dialect, Ledger, NamedFile, OfRun, Statement, Work, begin, cancel, catalogue, client, commit,
    explain, lock, privileges, rollback, server_settings, session_id,
    template::rendered::{self, Rendered},
};
use crate::{
    feed::{self, Feed},
    model::{Family, OurColumn, Outcome, Parameters, Reject, Standing, StandingOf},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

const ALL: [Dialect; 4] = [Dialect::Postgres, Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite];

/// Every kind of column that changes a statement, and `more` text columns behind them.
fn feed(more: usize) -> Feed {
    let mut text = String::from(
        r#"
[feed]
name = "all-kinds"
[xml]
row = "r"
[[column]]
name = "id"
key  = true
[[column]]
name      = "amount"
type      = "decimal"
tolerance = "0.01"
total_by  = "currency"
[[column]]
name        = "currency"
ignore_case = true
[[column]]
name = "day"
type = "date"
[[column]]
name    = "carried"
compare = false
[timing]
column = "day"
days   = 2
[ours]
query = "SELECT * FROM ours WHERE region = :region AND id IN (SELECT id FROM {theirs})"
"#,
    );
    text.extend((0..more).map(|n| format!("[[column]]\nname = \"c{n}\"\n")));
    feed::parse(&text, Path::new("test.toml"), &|_| None).expect("a good feed").remove(0)
}

/// All that is made for one feed on one server.
fn work_statements(dialect: Dialect, feed: &Feed) -> Vec<Statement> {
    let work = Work::new(dialect, feed);
    let text = OurColumn { type_name: "text".into(), family: Family::Text };
    let types: Vec<(usize, OurColumn)> = (0..feed.columns.len()).map(|n| (n, text.clone())).collect();
    let values = BTreeMap::from([("region".to_owned(), "north".to_owned())]);
    let parameters = Parameters { values, casts: Vec::new() };
    let mut all = vec![work.drop("tieout_stage_all_kinds"), work.insert(2), work.count_stage()];
    all.push(work.unstage(1));
    all.extend([work.mark_repeats(), work.unmark(), work.record("run"), work.clear_met(RUN), work.newest(0)]);
    all.extend([work.create(), work.truncate(), work.take_ties(true), work.take_ties(false)].concat());
    all.extend(
        [work.index(), work.drop_index(), work.load("chunk.csv"), work.analyze_join(), work.analyze_stage()]
            .into_iter()
            .flatten(),
    );
    all.extend(work.create_view());
    all.extend(work.unmet().into_iter().chain(work.count_parents()).chain(work.loose_ties()));
    all.extend([work.near_ties(2), work.resolve_ties()]);
    if dialect == Dialect::Sqlite {
        all.push(work.insert_chunk());
    }
    for audit in [Audit::Off, Audit::Below(7), Audit::All] {
        all.push(work.join(&types, &parameters, audit).expect("all parameters are there"));
        all.push(work.count_join(audit));
    }
    all.extend(work.total_statements().into_iter().flat_map(|(_, theirs, ours)| [theirs, ours]));
    all
}

const RUN: OfRun<'_> = OfRun {
    feed: "feed",
    run_id: "run",
    now: "2026-01-31T00:00:00Z",
    scope: "sha256",
    key_columns: "sha256",
};

/// All that is made of tieout's own tables, and asked of the server.
pub(crate) fn ledger_statements(dialect: Dialect) -> Vec<Statement> {
    let ledger = Ledger(dialect);
    let [column, value, reason] = ["c", "v", "r"].map(str::to_owned);
    let reject = Reject { record: 1, line: 1, byte: 1, column, value, reason };
    let position = StandingOf {
        feed: "feed",
        succession: "sequence",
        subject: "sha256",
        by: "account",
        file_name: "name",
        file_sha256: "sha256",
        position: &Standing::default(),
    };
    let file = NamedFile { feed: "feed", file_id: "id", name: "name", sha256: "sha256" };
    vec![
        server_settings(dialect),
        ledger.our_columns(&["schema".to_owned(), "table".to_owned()]),
        ledger.fence_new("feed"),
        ledger.fence_take("feed", "run", "holder"),
        ledger.fence_holder("feed"),
        ledger.fence_check("feed"),
        ledger.run_begin("run", "feed", 1, "now"),
        ledger.session_note("feed", 7, "run", "boot pid:[1] 2 3"),
        ledger.sessions_noted("feed"),
        ledger.session_forget("feed", 7),
        ledger.run_failed("run", "why"),
        ledger.run_abandon("feed", "why"),
        ledger.refused_since("feed", "id"),
        ledger.refused_code("feed", "id"),
        ledger.refused_add(file, "TO-301", "why", "now"),
        ledger.refused_again(file, "TO-301", "why", "now"),
        ledger.refused_forget("feed", "sha256"),
        ledger.refused_called("name"),
        ledger.ignored("feed"),
        ledger.ignored_forget("feed", "id"),
        ledger.ignored_add(file, "why", "now"),
        ledger.files_of_days("feed", "feed-set", "2026-07-15"),
        ledger.day_read("feed", "id"),
        ledger.day_add("feed", "id", "2026-07-15"),
        ledger.look_read("feed"),
        ledger.look_add("feed", "now"),
        ledger.look_again("feed", "now"),
        ledger.runs_loading("feed"),
        ledger.run_last_seq("feed"),
        ledger.run_reconciled("run", "tied_out", "now", "{}"),
        ledger.run_status("run", "done"),
        ledger.run_read("run"),
        ledger.runs_unfinished("feed"),
        ledger.runs_history("feed"),
        ledger.runs_to_prune("feed", 1, false),
        ledger.feeds_known(),
        ledger.runs_untold("feed-%"),
        ledger.prune_results("run"),
        ledger.prune_rejects("run"),
        ledger.file_add("run", 1, "feed", "name", "sha256"),
        ledger.file_seen("feed", "sha256"),
        ledger.ignored_called("name"),
        ledger.arrival_read("feed", "address"),
        ledger.arrival_forget("feed", "address"),
        ledger.arrival_add("feed", "address", "name", (1, "now", "version"), "sha256", "run"),
        ledger.reject_add("run", 1, 1, &reject),
        ledger.position_add("run", 1, 1, position),
        ledger.positions("feed", "sha256"),
        ledger.read_rejects("run"),
        ledger.count_rejects("run"),
        ledger.read_results("run"),
        ledger.read_results_of("run", &[Outcome::Matched], true),
        ledger.count_results("run"),
        ledger.breaks_seen(RUN, true),
        ledger.life(RUN),
        ledger.accepted_bind(RUN),
        ledger.accepted(RUN, "file", "2026-01-31"),
        ledger.breaks_unseen(RUN),
        ledger.accepted_read("feed", "file"),
        ledger.accepted_add("feed", "id", "file", ["reason", "2026-01-31", "owner"], "now", ""),
        ledger.accepted_remove("feed", "id", "file"),
        ledger.break_read("id"),
        ledger.breaks_open("feed", "2026-01-31", "2026-01-30"),
        ledger.timing("run", "2026-02-02", &[1, 2]),
        ledger.count_timing("run"),
        ledger.runs_before("feed"),
        ledger.clear_gone(RUN),
        ledger.mark_cleared(RUN),
        ledger.count_life("run"),
        ledger.count_open("feed"),
        ledger.files_before("feed"),
        ledger.read_cleared("run"),
        ledger.prune_breaks("feed", "run"),
        ledger.prune_cleared("run"),
    ]
    .into_iter()
    .chain(ledger.identify("run", "[[1, null, \"id\", \"sha256\"]]"))
    .collect()
}

/// All that steers a session and asks the catalogue, and what is printed for an administrator.
pub(crate) fn session_statements(dialect: Dialect) -> Vec<Statement> {
    let table = ["schema".to_owned(), "table".to_owned()];
    let mut all =
        vec![begin(dialect), commit(dialect), rollback(dialect), explain(dialect, &commit(dialect))];
    all.extend(
        lock(dialect, "feed")
            .into_iter()
            .flat_map(|lock| [lock.take, lock.held, lock.give_back, lock.holder]),
    );
    all.extend(
        session_id(dialect).into_iter().chain(cancel(dialect, 7)).chain(super::statement_limit(dialect)),
    );
    all.extend(super::mark(dialect, 7).into_iter().chain(super::marked(dialect, 7)));
    all.extend(super::end_session(dialect, 7));
    all.extend([super::encryption(dialect), super::stages(dialect), super::empty(dialect, "table")]);
    all.extend([catalogue::version(dialect), catalogue::table_columns(dialect, "table")]);
    all.extend([catalogue::unique_indexes(dialect, &table), catalogue::our_table(dialect, &table)]);
    all.extend([catalogue::statistics(dialect, &table), catalogue::indexes(dialect, &table)]);
    all.extend(catalogue::statistics_gathered(dialect, &table));
    all.extend([catalogue::schema_history(dialect), catalogue::schema_versions(dialect)]);
    all.extend(catalogue::search_path().into_iter().chain(catalogue::row_security()));
    all.extend([super::warnings(dialect), privileges::mysql_privileges(), privileges::mysql_grants()]);
    all.extend([privileges::postgres_privileges(), privileges::own_tables(&table), privileges::may_use("s")]);
    all.extend([privileges::mysql_grants_with(&["`r`@`%`".to_owned()]), privileges::mysql_variables()]);
    let grants = [
        privileges::grant_ours(dialect, Some(&table), "user"),
        privileges::grant_schema("schema", "user"),
        privileges::grant_database("CREATE", "database", "user"),
        privileges::grant_table(dialect, "CREATE", "table", "user"),
        privileges::grant_usage("schema", "user"),
        privileges::grant_connect("database", "user"),
    ];
    assert_eq!(privileges::own_table("t", "u"), "ALTER TABLE t OWNER TO u;");
    assert!(
        grants.iter().all(|grant| grant.starts_with("GRANT ") && grant.ends_with(" TO user;")),
        "{grants:?}"
    );
    client::load(&Work::new(dialect, &feed(0)), &["chunk.csv".to_owned()]).expect("a plain name");
    all
}

/// A hole that nobody fills ends the program, so each is filled here first.
#[test]
fn every_template_renders_on_its_server_and_needs_all_that_it_is_given() {
    let feeds = [feed(0), feed(200)];
    for dialect in ALL {
        let made: Vec<Statement> = feeds.iter().flat_map(|feed| work_statements(dialect, feed)).collect();
        assert!(
            made.len() > 40
                && ledger_statements(dialect).len() > 20
                && session_statements(dialect).len() > 15,
            "{dialect}"
        );
    }
    let all = rendered::take();
    let path = |one: &Rendered| format!("{}/{}.sql", one.template.folder, one.template.name);
    let rendered: BTreeSet<String> = all.iter().map(path).collect();
    assert_eq!(rendered, templates(), "files of sql/ that no statement is made of, or the other way round");
    // Servers share what fills a template, so a hole counts as used where one of them has it.
    let mut unused: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for one in &all {
        unused.entry(one.template.name).or_default().extend(one.given.iter().cloned());
    }
    for one in &all {
        for name in one.asked() {
            unused.entry(one.template.name).or_default().remove(&name);
        }
    }
    unused.retain(|_, names| !names.is_empty());
    assert!(unused.is_empty(), "given, but asked for on no server: {unused:?}");
}

/// The files under `sql/`.
fn templates() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    let mut found = BTreeSet::new();
    for folder in fs::read_dir(root).expect("sql/") {
        let folder = folder.expect("an entry");
        for file in fs::read_dir(folder.path()).expect("a folder of sql/") {
            let name = file.expect("an entry").file_name();
            found.insert(format!("{}/{}", folder.file_name().display(), name.display()));
        }
    }
    found
}
