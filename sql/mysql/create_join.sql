-- What met what: one row per row of theirs and of ours. The rows of a `pair` are equal where `ours` is NULL;
-- otherwise that is our row.
CREATE {kind} IF NOT EXISTS {join} (
    tieout_row bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, -- some servers take no table without one
    tieout_id  bigint,
    outcome    varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    ours       longtext{total_columns}
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE {collation}
