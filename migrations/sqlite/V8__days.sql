-- When a run looked last at what a day was expected to bring, for feeds whose source says what that is.
CREATE TABLE tieout_looks (
    feed      varchar(40) NOT NULL PRIMARY KEY,
    looked_at varchar(30) NOT NULL
);

-- For which day a file counts: decided once, by the run that met it first.
CREATE TABLE tieout_days (
    feed    varchar(40) NOT NULL,
    file_id char(64)    NOT NULL,   -- the digest of its bytes; of its name where they could not be read
    day     varchar(10) NOT NULL,
    PRIMARY KEY (feed, file_id)
);
