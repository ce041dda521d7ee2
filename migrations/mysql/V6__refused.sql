-- Why a run failed: the code, and what happened. NULL where it did not, and in rows of older programs.
-- None where it was executed before a kill: MySQL has no ADD COLUMN IF NOT EXISTS.
SET @tieout_add = (
    SELECT CASE WHEN count(*) > 0 THEN 'DO 0' ELSE 'ALTER TABLE tieout_runs ADD COLUMN failure longtext' END
    FROM information_schema.columns
    WHERE table_schema = database() AND table_name = 'tieout_runs' AND column_name = 'failure');
PREPARE tieout_add FROM @tieout_add;
EXECUTE tieout_add;
DEALLOCATE PREPARE tieout_add;

-- Files of a source that could not be taken, from the first time on until one is taken or ignored.
CREATE TABLE IF NOT EXISTS tieout_refused (
    feed       varchar(40) NOT NULL,
    file_id    char(64)    NOT NULL,   -- the digest of the next two
    name       longtext      NOT NULL,
    sha256     varchar(64) NOT NULL,   -- empty where it could not be read
    code       varchar(10) NOT NULL,
    reason     longtext      NOT NULL,
    first_seen varchar(30) NOT NULL,
    last_seen  varchar(30) NOT NULL,
    PRIMARY KEY (feed, file_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Files that are not to be offered again, by their bytes, or by their name where they could not be read.
CREATE TABLE IF NOT EXISTS tieout_ignored (
    feed       varchar(40) NOT NULL,   -- empty: any feed
    file_id    char(64)    NOT NULL,   -- the digest of the next two
    name       longtext      NOT NULL,
    sha256     varchar(64) NOT NULL,
    reason     longtext      NOT NULL,
    ignored_at varchar(30) NOT NULL,
    PRIMARY KEY (feed, file_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
