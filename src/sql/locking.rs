//! What statements lock, by kind: every template is of one, and each server says in its own file what that means there
//! (`Server::locks`). A template that is named here nowhere does not compile.

/// A kind of statement, by what it locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locking {
    /// Sets or asks the session.
    Session,
    /// Asks the server's catalogue, or about other sessions.
    Catalogue,
    /// Takes the feed's lock, or one by which a session can be found.
    FeedLock,
    /// Gives it back.
    Unlock,
    /// Ends what another session does.
    OtherSession,
    /// Asks tieout's own tables.
    ReadsLedger,
    /// Writes to them.
    WritesLedger,
    /// Asks for, or writes, who may commit.
    Fence,
    /// Makes a table of the feed's.
    CreatesTable,
    /// Drops one.
    DropsTable,
    /// Makes or drops the feed's view.
    ChangesView,
    /// Makes or drops an index of a work table.
    ChangesIndex,
    /// Empties a work table.
    Empties,
    /// Fills the stage.
    Loads,
    /// Asks work tables.
    ReadsWork,
    /// Changes rows of work tables.
    WritesWork,
    /// Gathers statistics of a work table.
    Analyzes,
    /// Reads ours and fills a work table.
    Joins,
    /// Reads ours, or prepares to.
    ReadsOurs,
    /// Reads work tables, and writes to tieout's own.
    Records,
    /// Asks how a statement would be executed.
    Plans,
    /// Begins a transaction.
    Begins,
    /// Ends one, either way.
    Ends,
    /// Printed for a person, never executed by this program.
    Printed,
}

/// The kind of the template with this name.
///
/// # Panics
/// Where it is of none: when it is compiled, since only constants ask.
pub const fn of(template: &str) -> Locking {
    use Locking as L;
    match template.as_bytes() {
        b"statement_limit"
        | b"encryption"
        | b"server_settings"
        | b"version"
        | b"session_id"
        | b"search_path"
        | b"in_front"
        | b"row_security_off"
        | b"row_security_reset"
        | b"warnings"
        | b"variables" => L::Session,
        b"table_columns"
        | b"unique_indexes"
        | b"our_columns"
        | b"schema_history"
        | b"stages"
        | b"privileges"
        | b"statistics"
        | b"statistics_gathered"
        | b"indexes"
        | b"grants"
        | b"grants_with"
        | b"own_tables"
        | b"may_use"
        | b"lock_holder"
        | b"lock_held"
        | b"marked" => L::Catalogue,
        b"lock" | b"mark" => L::FeedLock,
        b"unlock" => L::Unlock,
        b"cancel" | b"end_session" => L::OtherSession,
        b"schema_versions" | b"accepted_read" | b"arrival_read" | b"break_read" | b"breaks_open"
        | b"breaks_unseen" | b"count_life" | b"count_timing" | b"refused_code" | b"count_open"
        | b"count_rejects" | b"count_results" | b"feeds_known" | b"file_seen" | b"files_before"
        | b"files_of_days" | b"day_read" | b"look_read" | b"ignored" | b"ignored_called" | b"positions"
        | b"read_cleared" | b"read_rejects" | b"read_results" | b"read_results_of" | b"refused_called"
        | b"refused_since" | b"run_last_seq" | b"run_read" | b"runs_before" | b"runs_history"
        | b"runs_loading" | b"runs_to_prune" | b"runs_unfinished" | b"runs_untold" | b"sessions_noted" => {
            L::ReadsLedger
        }
        b"timing" | b"accepted" | b"accepted_add" | b"accepted_bind" | b"accepted_remove"
        | b"arrival_add" | b"arrival_forget" | b"breaks_seen" | b"clear_gone" | b"file_add" | b"identify"
        | b"ignored_add" | b"ignored_forget" | b"life" | b"mark_cleared" | b"position_add"
        | b"prune_breaks" | b"prune_cleared" | b"prune_rejects" | b"prune_results" | b"refused_add"
        | b"refused_again" | b"refused_forget" | b"reject_add" | b"run_abandon" | b"run_begin"
        | b"run_failed" | b"run_reconciled" | b"run_status" | b"session_forget" | b"session_note"
        | b"day_add" | b"look_add" | b"look_again" => L::WritesLedger,
        b"fence_new" | b"fence_take" | b"fence_check" | b"fence_holder" => L::Fence,
        b"create_stage" | b"create_join" | b"create_tie" | b"create_chunk" => L::CreatesTable,
        b"drop" | b"drop_chunk" => L::DropsTable,
        b"create_view" | b"drop_view" => L::ChangesView,
        b"index_stage" | b"drop_stage_index" | b"create_stage_index" => L::ChangesIndex,
        b"truncate" => L::Empties,
        b"load" | b"insert" | b"insert_chunk" => L::Loads,
        b"count_stage" | b"count_parents" | b"count_join" | b"totals_theirs" | b"totals_ours"
        | b"tie_loose" | b"newest" => L::ReadsWork,
        b"mark_repeats" | b"unmark" | b"unstage" | b"unmet" | b"tie_theirs" | b"tie_theirs_unique"
        | b"tie_ours" | b"tie_ours_alone" | b"tie_near" | b"tie_remove_met" | b"tie_remove_alone"
        | b"tie_resolve" => L::WritesWork,
        b"analyze_join" | b"analyze_stage" => L::Analyzes,
        b"join" => L::Joins,
        b"our_table" => L::ReadsOurs,
        b"record" | b"clear_met" => L::Records,
        b"explain" => L::Plans,
        b"begin" => L::Begins,
        b"commit" | b"rollback" => L::Ends,
        b"grant_connect" | b"grant_database" | b"grant_ours" | b"grant_schema" | b"grant_table"
        | b"grant_usage" | b"own_table" => L::Printed,
        _ => panic!("a template of sql/ that src/sql/locking.rs does not name"),
    }
}
