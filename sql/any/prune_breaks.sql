-- Breaks that the run found gone, unless they came back since, or a later run found them gone once more.
DELETE FROM tieout_breaks
WHERE feed = :feed AND state = 'cleared'
  AND break_id IN (SELECT c.break_id FROM tieout_cleared AS c WHERE c.run_id = :run_id)
  AND break_id NOT IN (SELECT c.break_id FROM tieout_cleared AS c WHERE c.run_id <> :run_id)
