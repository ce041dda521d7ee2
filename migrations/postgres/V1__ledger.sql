-- tieout's own tables. Times are UTC text: no decision is ever made from them.
CREATE TABLE tieout_feeds (
    feed   varchar(40) PRIMARY KEY,
    run_id varchar(90) NOT NULL,   -- the run that may commit: the fence
    holder text        NOT NULL    -- host, pid and since when, for messages
);

CREATE TABLE tieout_runs (
    run_id      varchar(90) PRIMARY KEY,
    feed        varchar(40) NOT NULL,
    seq         bigint      NOT NULL,
    status      varchar(20) NOT NULL,   -- loading, reconciled, exported, done, failed, abandoned
    verdict     varchar(20) NOT NULL,   -- tied_out, breaks, or empty while loading
    started_at  varchar(30) NOT NULL,
    finished_at varchar(30) NOT NULL,
    detail      text        NOT NULL,   -- the summary as JSON
    UNIQUE (feed, seq)
);

CREATE TABLE tieout_files (
    run_id  varchar(90) NOT NULL,
    file_no integer     NOT NULL,
    feed    varchar(40) NOT NULL,
    name    text        NOT NULL,
    sha256  char(64)    NOT NULL,
    PRIMARY KEY (run_id, file_no)
);
CREATE INDEX tieout_files_sha256 ON tieout_files (feed, sha256);

CREATE TABLE tieout_rejects (
    run_id      varchar(90) NOT NULL,
    seq         bigint      NOT NULL,
    file_no     integer     NOT NULL,
    record      bigint      NOT NULL,
    line        bigint      NOT NULL,
    byte        bigint      NOT NULL,
    column_name text        NOT NULL,
    value       text        NOT NULL,
    reason      text        NOT NULL,
    PRIMARY KEY (run_id, seq)
);

-- One row per break (and per matched row that was asked for or matched only within a tolerance).
-- `theirs` and `ours` are the rows' canonical text: fields joined by U+001F.
CREATE TABLE tieout_results (
    run_id          varchar(90) NOT NULL,
    seq             bigint      NOT NULL,
    outcome         varchar(20) NOT NULL,
    differing       text        NOT NULL,
    row_key         text        NOT NULL,
    theirs          text,
    ours            text,
    checksum_theirs char(64),
    checksum_ours   char(64),
    file_no         integer,
    record          bigint,
    line            bigint,
    PRIMARY KEY (run_id, seq)
);
