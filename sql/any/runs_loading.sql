SELECT run_id, feed FROM tieout_runs WHERE feed = :feed AND status = 'loading' ORDER BY seq
