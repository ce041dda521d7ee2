-- MariaDB only: the join looks their rows up by key.
CREATE INDEX tieout_key ON {stage} ({keys}, tieout_seen)
