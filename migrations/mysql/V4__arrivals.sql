-- Files of a source's server that runs of a feed have counted, as they were then: what is still the same is not fetched again.
CREATE TABLE IF NOT EXISTS tieout_arrivals (
    feed varchar(40) NOT NULL,
    address varchar(64) NOT NULL, -- SHA-256 of the source's address, the file's address and [xml] members
    name text NOT NULL, -- what its server calls it, printable
    bytes bigint NOT NULL,
    modified varchar(64) NOT NULL,
    version text NOT NULL, -- empty where its server has none
    sha256 varchar(64) NOT NULL, -- of its document; empty where it has several
    run_id varchar(90) NOT NULL, -- the run that counted it
    PRIMARY KEY (feed, address)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
