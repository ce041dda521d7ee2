-- The marks that the server sessions of a feed's runs have while they live. The next run ends those of a dead one.
CREATE TABLE tieout_sessions (
    feed varchar(40) NOT NULL,
    mark bigint NOT NULL,
    PRIMARY KEY (feed, mark)
);
