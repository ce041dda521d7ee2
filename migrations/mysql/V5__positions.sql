-- Where statements stand in what must follow what: numbers, opening and closing amounts. Written with the verdict.
CREATE TABLE IF NOT EXISTS tieout_positions (
    run_id      varchar(90) NOT NULL,
    seq         bigint      NOT NULL,
    run_seq     bigint      NOT NULL,   -- the number of the run
    feed        varchar(40) NOT NULL,
    succession  longtext    NOT NULL,   -- the name of the [[sequence]] or [[continuity]]
    subject     char(64)    NOT NULL,   -- SHA-256 of that name and of by_text
    by_text     longtext    NOT NULL,   -- what it is within, such as the account: values joined by U+001F
    number_text longtext    NOT NULL,
    part        longtext    NOT NULL,
    day         longtext    NOT NULL,
    is_first    integer     NOT NULL,
    is_last     integer     NOT NULL,
    opening     longtext    NOT NULL,
    closing     longtext    NOT NULL,
    file_name   longtext    NOT NULL,
    file_sha256 char(64)    NOT NULL,
    ordinal     bigint      NOT NULL,   -- the how-manieth element of its file
    line        bigint      NOT NULL,
    PRIMARY KEY (run_id, seq),
    KEY tieout_positions_subject (feed, subject)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
