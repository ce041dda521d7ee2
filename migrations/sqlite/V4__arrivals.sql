-- Files of a source's server that runs of a feed have counted, as they were then: what is still the same is not fetched again.
CREATE TABLE tieout_arrivals (
    feed text NOT NULL,
    address text NOT NULL, -- SHA-256 of the source's address, the file's address and [xml] members
    name text NOT NULL, -- what its server calls it, printable
    bytes integer NOT NULL,
    modified text NOT NULL,
    version text NOT NULL, -- empty where its server has none
    sha256 text NOT NULL, -- of its document; empty where it has several
    run_id text NOT NULL, -- the run that counted it
    PRIMARY KEY (feed, address)
);
