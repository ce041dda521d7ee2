-- What met what: one row per row of theirs and of ours. `ours` is our row where it is not equal to theirs.
CREATE UNLOGGED TABLE IF NOT EXISTS {join} (
    tieout_id bigint,
    outcome   text COLLATE "C" NOT NULL,
    ours      text COLLATE "C"{total_columns}
)
