-- What met what: one row per row of theirs and of ours. `ours` is our row (as a JSON array) where it is
-- not equal to theirs.
CREATE TABLE IF NOT EXISTS {join} (
    tieout_id integer,
    outcome   text NOT NULL,
    ours      text{total_columns}
)
