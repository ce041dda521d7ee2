-- Why a run failed: the code, and what happened. NULL where it did not, and in rows of older programs.
ALTER TABLE tieout_runs ADD COLUMN failure text;

-- Files of a source that could not be taken, from the first time on until one is taken or ignored.
CREATE TABLE tieout_refused (
    feed       varchar(40) NOT NULL,
    file_id    char(64)    NOT NULL,   -- the digest of the next two
    name       text        NOT NULL,
    sha256     varchar(64) NOT NULL,   -- empty where it could not be read
    code       varchar(10) NOT NULL,
    reason     text        NOT NULL,
    first_seen varchar(30) NOT NULL,
    last_seen  varchar(30) NOT NULL,
    PRIMARY KEY (feed, file_id)
);

-- Files that are not to be offered again, by their bytes, or by their name where they could not be read.
CREATE TABLE tieout_ignored (
    feed       varchar(40) NOT NULL,   -- empty: any feed
    file_id    char(64)    NOT NULL,   -- the digest of the next two
    name       text        NOT NULL,
    sha256     varchar(64) NOT NULL,
    reason     text        NOT NULL,
    ignored_at varchar(30) NOT NULL,
    PRIMARY KEY (feed, file_id)
);
