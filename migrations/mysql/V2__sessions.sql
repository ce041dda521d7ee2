-- The marks that the server sessions of a feed's runs have while they live. The next run ends those of a dead one.
CREATE TABLE IF NOT EXISTS tieout_sessions (
    feed varchar(40) NOT NULL,
    mark bigint NOT NULL,
    PRIMARY KEY (feed, mark)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
