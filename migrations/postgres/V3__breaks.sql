-- The life of breaks over runs. Days are ISO dates, times UTC text; both sort as texts.
ALTER TABLE tieout_runs ALTER COLUMN verdict TYPE varchar(40); -- also tied_out_with_failed_controls

-- What a run decided of each of its breaks, so that its outputs can be written again. NULL in rows of older programs.
ALTER TABLE tieout_results
    ADD COLUMN break_id        varchar(32),
    ADD COLUMN fingerprint     char(64),    -- SHA-256 of the compared values of both sides
    ADD COLUMN life            varchar(20), -- new, persisting, changed, reopened
    ADD COLUMN first_seen      varchar(30),
    ADD COLUMN runs_open       bigint,
    ADD COLUMN accepted_until  varchar(10),
    ADD COLUMN accepted_owner  text,
    ADD COLUMN accepted_reason text;

-- One row per break that a run has seen, until the run that cleared it is pruned.
CREATE TABLE tieout_breaks (
    feed        varchar(40) NOT NULL,
    break_id    varchar(32) NOT NULL,
    outcome     varchar(20) NOT NULL,
    row_key     text        NOT NULL,
    differing   text        NOT NULL,
    state       varchar(10) NOT NULL,   -- open, cleared
    life        varchar(20) NOT NULL,   -- new, persisting, changed, reopened: what the last run that saw it said
    fingerprint char(64)    NOT NULL,
    key_columns char(64)    NOT NULL,   -- a digest of the columns that row_key is made of
    scope       char(64)    NOT NULL,   -- what that run asked of ours; empty where that may change by itself
    first_seen  varchar(30) NOT NULL,   -- since when it is open
    first_run   varchar(90) NOT NULL,
    last_seen   varchar(30) NOT NULL,
    last_run    varchar(90) NOT NULL,   -- the run whose results hold its values
    runs_open   bigint      NOT NULL,
    reopened    bigint      NOT NULL,   -- how often it came back
    PRIMARY KEY (feed, break_id)
);
CREATE INDEX tieout_breaks_last_run ON tieout_breaks (last_run);

-- What a person accepted. No fingerprint yet: the next run that sees the break notes it.
CREATE TABLE tieout_accepted (
    feed        varchar(40) NOT NULL,
    break_id    varchar(32) NOT NULL,
    origin      varchar(10) NOT NULL,   -- command, file
    reason      text        NOT NULL,
    until       varchar(10) NOT NULL,   -- the last day on which it counts
    owner       text        NOT NULL,
    accepted_at varchar(30) NOT NULL,
    fingerprint char(64),
    PRIMARY KEY (feed, break_id, origin)
);

-- The breaks that a run found gone.
CREATE TABLE tieout_cleared (
    run_id     varchar(90) NOT NULL,
    break_id   varchar(32) NOT NULL,
    outcome    varchar(20) NOT NULL,
    row_key    text        NOT NULL,
    why        varchar(20) NOT NULL,    -- matched, gone_in_ours
    first_seen varchar(30) NOT NULL,
    last_seen  varchar(30) NOT NULL,
    last_run   varchar(90) NOT NULL,
    runs_open  bigint      NOT NULL,
    PRIMARY KEY (run_id, break_id)
);
