-- What was accepted before a run had seen it is accepted as this run sees it.
UPDATE tieout_accepted
SET fingerprint = (SELECT b.fingerprint FROM tieout_breaks AS b
                   WHERE b.feed = tieout_accepted.feed AND b.break_id = tieout_accepted.break_id)
WHERE feed = :feed AND fingerprint IS NULL
  AND EXISTS (SELECT 1 FROM tieout_breaks AS b
              WHERE b.feed = tieout_accepted.feed AND b.break_id = tieout_accepted.break_id AND b.last_run = :run_id)
