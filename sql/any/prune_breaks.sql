-- Breaks that the run found gone, unless they came back since.
DELETE FROM tieout_breaks
WHERE feed = :feed AND state = 'cleared'
  AND break_id IN (SELECT c.break_id FROM tieout_cleared AS c WHERE c.run_id = :run_id)
