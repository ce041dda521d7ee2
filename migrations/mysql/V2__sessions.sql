-- The marks that the server sessions of a feed's runs have while they live. The next run ends those of a dead one.
CREATE TABLE IF NOT EXISTS tieout_sessions (
    feed varchar(40) NOT NULL,
    mark bigint NOT NULL,
    part varchar(10) NOT NULL, -- lock: it takes the feed's lock; run: it works under it
    process varchar(200) NOT NULL, -- whose they are, so that its machine can tell that it is dead
    PRIMARY KEY (feed, mark)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
