-- Rows of both sides whose key occurs more than once.
CREATE {kind} IF NOT EXISTS {tie} (
    tieout_row bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    side       varchar(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tieout_id  bigint,
    key_group  char(64) NOT NULL, -- SHA-256, since MariaDB sorts texts by their first bytes only
    row_group  char(64) NOT NULL,
    ours       longtext NOT NULL,
    KEY (tieout_id),
    KEY (key_group)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE {collation}
