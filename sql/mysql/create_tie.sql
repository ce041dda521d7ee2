-- Rows of both sides whose key occurs more than once.
CREATE TABLE IF NOT EXISTS {tie} (
    tieout_row bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    side       varchar(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tieout_id  bigint,
    row_key    longtext NOT NULL,
    compared   longtext NOT NULL,
    ours       longtext NOT NULL
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE {collation}
