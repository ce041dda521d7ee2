-- Where statements stand in what must follow what: numbers, opening and closing amounts. Written with the verdict.
CREATE TABLE tieout_positions (
    run_id      varchar(90) NOT NULL,
    seq         bigint      NOT NULL,
    run_seq     bigint      NOT NULL,   -- the number of the run
    feed        varchar(40) NOT NULL,
    succession  text        NOT NULL,   -- the name of the [[sequence]] or [[continuity]]
    subject     char(64)    NOT NULL,   -- SHA-256 of that name and of by_text
    by_text     text        NOT NULL,   -- what it is within, such as the account: values joined by U+001F
    number_text text        NOT NULL,
    part        text        NOT NULL,
    day         text        NOT NULL,
    is_first    integer     NOT NULL,
    is_last     integer     NOT NULL,
    opening     text        NOT NULL,
    closing     text        NOT NULL,
    file_name   text        NOT NULL,
    file_sha256 char(64)    NOT NULL,
    ordinal     bigint      NOT NULL,   -- the how-manieth element of its file
    line        bigint      NOT NULL,
    PRIMARY KEY (run_id, seq)
);
CREATE INDEX tieout_positions_subject ON tieout_positions (feed, subject);
