-- The ignored files of this name or digest.
SELECT feed, name, sha256 FROM tieout_ignored WHERE name = :called OR sha256 = :called ORDER BY feed, name
