UPDATE tieout_breaks SET state = 'cleared'
WHERE feed = :feed AND state = 'open'
  AND break_id IN (SELECT c.break_id FROM tieout_cleared AS c WHERE c.run_id = :run_id)
