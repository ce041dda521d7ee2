-- tieout's own tables. MySQL commits every CREATE at once, so each can be repeated after a kill.
-- Times are UTC text: no decision is ever made from them.
CREATE TABLE IF NOT EXISTS tieout_feeds (
    feed   varchar(40) PRIMARY KEY,
    run_id varchar(90) NOT NULL,   -- the run that may commit: the fence
    holder longtext        NOT NULL    -- host, pid and since when, for messages
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS tieout_runs (
    run_id      varchar(90) PRIMARY KEY,
    feed        varchar(40) NOT NULL,
    seq         bigint      NOT NULL,
    status      varchar(20) NOT NULL,   -- loading, reconciled, exported, done, failed, abandoned
    verdict     varchar(20) NOT NULL,   -- tied_out, breaks, or empty while loading
    started_at  varchar(30) NOT NULL,
    finished_at varchar(30) NOT NULL,
    detail      longtext        NOT NULL,   -- the summary as JSON
    UNIQUE (feed, seq)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS tieout_files (
    run_id  varchar(90) NOT NULL,
    file_no integer     NOT NULL,
    feed    varchar(40) NOT NULL,
    name    longtext        NOT NULL,
    sha256  char(64)    NOT NULL,
    PRIMARY KEY (run_id, file_no),
    KEY tieout_files_sha256 (feed, sha256)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS tieout_rejects (
    run_id      varchar(90) NOT NULL,
    seq         bigint      NOT NULL,
    file_no     integer     NOT NULL,
    record      bigint      NOT NULL,
    line        bigint      NOT NULL,
    byte        bigint      NOT NULL,
    column_name longtext        NOT NULL,
    value       longtext        NOT NULL,
    reason      longtext        NOT NULL,
    PRIMARY KEY (run_id, seq)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row per break (and per matched row that was asked for or matched only within a tolerance).
-- `theirs` and `ours` are the rows' canonical text: fields joined by U+001F.
CREATE TABLE IF NOT EXISTS tieout_results (
    run_id          varchar(90) NOT NULL,
    seq             bigint      NOT NULL,
    outcome         varchar(20) NOT NULL,
    differing       longtext        NOT NULL,
    row_key         longtext        NOT NULL,
    theirs          longtext,
    ours            longtext,
    checksum_theirs char(64),
    checksum_ours char(64),
    file_no         integer,
    record          bigint,
    line            bigint,
    PRIMARY KEY (run_id, seq)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
