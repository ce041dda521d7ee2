-- Where statements stand in what must follow what: numbers, opening and closing amounts. Written with the verdict.
CREATE TABLE tieout_positions (
    run_id      text NOT NULL,
    seq         integer     NOT NULL,
    run_seq     integer     NOT NULL,   -- the number of the run
    feed        text NOT NULL,
    succession  text        NOT NULL,   -- the name of the [[sequence]] or [[continuity]]
    subject     text    NOT NULL,   -- SHA-256 of that name and of by_text
    by_text     text        NOT NULL,   -- what it is within, such as the account: values joined by U+001F
    number_text text        NOT NULL,
    part        text        NOT NULL,
    day         text        NOT NULL,
    is_first    integer     NOT NULL,
    is_last     integer     NOT NULL,
    opening     text        NOT NULL,
    closing     text        NOT NULL,
    file_name   text        NOT NULL,
    file_sha256 text    NOT NULL,
    ordinal     integer     NOT NULL,   -- the how-manieth element of its file
    line        integer     NOT NULL,
    PRIMARY KEY (run_id, seq)
);
CREATE INDEX tieout_positions_subject ON tieout_positions (feed, subject);
