-- The marks that the server sessions of a feed's runs have while they live. The next run ends those of a dead one.
CREATE TABLE tieout_sessions (
    feed text NOT NULL,
    mark integer NOT NULL,
    part text NOT NULL, -- lock: it takes the feed's lock; run: it works under it
    process text NOT NULL, -- whose they are, so that its machine can tell that it is dead
    PRIMARY KEY (feed, mark)
);
