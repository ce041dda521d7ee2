-- The life of breaks over runs. Days are ISO dates, times UTC text; both sort as texts.
-- What a run decided of each of its breaks, so that its outputs can be written again. NULL in rows of older programs.
ALTER TABLE tieout_results ADD COLUMN break_id text;
ALTER TABLE tieout_results ADD COLUMN fingerprint text;    -- SHA-256 of the compared values of both sides
ALTER TABLE tieout_results ADD COLUMN life text; -- new, persisting, changed, reopened
ALTER TABLE tieout_results ADD COLUMN first_seen text;
ALTER TABLE tieout_results ADD COLUMN runs_open integer;
ALTER TABLE tieout_results ADD COLUMN accepted_until text;
ALTER TABLE tieout_results ADD COLUMN accepted_owner text;
ALTER TABLE tieout_results ADD COLUMN accepted_reason text;

-- One row per break that a run has seen, until the run that cleared it is pruned.
CREATE TABLE tieout_breaks (
    feed        text NOT NULL,
    break_id    text NOT NULL,
    outcome     text NOT NULL,
    row_key     text NOT NULL,
    differing   text NOT NULL,
    state       text NOT NULL,   -- open, cleared
    life        text NOT NULL,   -- new, persisting, changed, reopened: what the last run that saw it said
    fingerprint text NOT NULL,
    key_columns text NOT NULL,   -- a digest of the columns that row_key is made of
    scope       text NOT NULL,   -- what that run asked of ours; empty where that may change by itself
    first_seen  text NOT NULL,   -- since when it is open
    first_run   text NOT NULL,
    last_seen   text NOT NULL,
    last_run    text NOT NULL,   -- the run whose results hold its values
    runs_open   integer NOT NULL,
    reopened    integer NOT NULL,   -- how often it came back
    PRIMARY KEY (feed, break_id)
);
CREATE INDEX tieout_breaks_last_run ON tieout_breaks (last_run);

-- What a person accepted. No fingerprint yet: the next run that sees the break notes it.
CREATE TABLE tieout_accepted (
    feed        text NOT NULL,
    break_id    text NOT NULL,
    origin      text NOT NULL,   -- command, file
    reason      text NOT NULL,
    until       text NOT NULL,   -- the last day on which it counts
    owner       text NOT NULL,
    accepted_at text NOT NULL,
    fingerprint text,
    PRIMARY KEY (feed, break_id, origin)
);

-- The breaks that a run found gone.
CREATE TABLE tieout_cleared (
    run_id     text NOT NULL,
    break_id   text NOT NULL,
    outcome    text NOT NULL,
    row_key    text NOT NULL,
    why        text NOT NULL,    -- matched, gone_in_ours
    first_seen text NOT NULL,
    last_seen  text NOT NULL,
    last_run   text NOT NULL,
    runs_open  integer NOT NULL,
    PRIMARY KEY (run_id, break_id)
);
