-- MariaDB only: loading is faster without it.
DROP INDEX IF EXISTS tieout_key ON {stage}
