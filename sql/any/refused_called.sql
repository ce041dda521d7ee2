-- The refused files of this name or digest.
SELECT feed, name, sha256 FROM tieout_refused WHERE name = :called OR sha256 = :called ORDER BY feed, name
