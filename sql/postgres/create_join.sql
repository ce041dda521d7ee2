-- What met what: one row per row of theirs and of ours. The rows of a `pair` are equal where `ours` is NULL;
-- otherwise that is our row.
CREATE {kind} IF NOT EXISTS {join} (
    tieout_id bigint,
    outcome   text COLLATE "C" NOT NULL,
    ours      text COLLATE "C"{total_columns}
)
