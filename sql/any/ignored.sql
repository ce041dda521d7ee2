-- The files that this feed is not to be offered.
SELECT name, sha256, reason FROM tieout_ignored WHERE feed = :feed OR feed = ''
