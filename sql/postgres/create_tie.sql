-- Rows of both sides whose key occurs more than once.
CREATE {kind} IF NOT EXISTS {tie} (
    side      text COLLATE "C" NOT NULL,
    tieout_id bigint,
    key_group text COLLATE "C" NOT NULL,
    row_group text COLLATE "C" NOT NULL,
    ours      text COLLATE "C" NOT NULL
)
