-- tieout's own tables. Times are UTC text: no decision is ever made from them.
CREATE TABLE tieout_feeds (
    feed   text PRIMARY KEY,
    run_id text NOT NULL,   -- the run that may commit: the fence
    holder text        NOT NULL    -- host, pid and since when, for messages
);

CREATE TABLE tieout_runs (
    run_id      text PRIMARY KEY,
    feed        text NOT NULL,
    seq         integer     NOT NULL,
    status      text NOT NULL,   -- loading, reconciled, exported, done, failed, abandoned
    verdict     text NOT NULL,   -- tied_out, breaks, or empty while loading
    started_at  text NOT NULL,
    finished_at text NOT NULL,
    detail      text        NOT NULL,   -- the summary as JSON
    UNIQUE (feed, seq)
);

CREATE TABLE tieout_files (
    run_id  text NOT NULL,
    file_no integer     NOT NULL,
    feed    text NOT NULL,
    name    text        NOT NULL,
    sha256  text    NOT NULL,
    PRIMARY KEY (run_id, file_no)
);
CREATE INDEX tieout_files_sha256 ON tieout_files (feed, sha256);

CREATE TABLE tieout_rejects (
    run_id      text NOT NULL,
    seq         integer     NOT NULL,
    file_no     integer     NOT NULL,
    record      integer     NOT NULL,
    line        integer     NOT NULL,
    byte        integer     NOT NULL,
    column_name text        NOT NULL,
    value       text        NOT NULL,
    reason      text        NOT NULL,
    PRIMARY KEY (run_id, seq)
);

-- One row per break (and per matched row that was asked for or matched only within a tolerance).
-- `theirs` and `ours` are the rows' canonical text: fields joined by U+001F.
CREATE TABLE tieout_results (
    run_id          text NOT NULL,
    seq             integer     NOT NULL,
    outcome         text NOT NULL,
    differing       text        NOT NULL,
    row_key         text        NOT NULL,
    theirs          text,
    ours            text,
    checksum_theirs text,
    checksum_ours   text,
    file_no         integer,
    record          integer,
    line            integer,
    PRIMARY KEY (run_id, seq)
);
