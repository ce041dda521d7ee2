-- What met what: one row per row of theirs and of ours. The rows of a `pair` are equal where `ours` is NULL;
-- otherwise that is our row, as a JSON array.
CREATE {kind} IF NOT EXISTS {join} (
    tieout_id integer,
    outcome   text NOT NULL,
    ours      text{total_columns}
)
