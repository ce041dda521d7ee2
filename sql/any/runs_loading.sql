SELECT run_id FROM tieout_runs WHERE feed = :feed AND status = 'loading' ORDER BY seq
