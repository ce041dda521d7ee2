-- Rows of both sides whose key occurs more than once.
CREATE {kind} IF NOT EXISTS {tie} (
    side      text NOT NULL,
    tieout_id integer,
    key_group text NOT NULL,
    row_group text NOT NULL,
    ours      text NOT NULL
)
