-- Runs that died before their commit left nothing but this row.
UPDATE tieout_runs SET status = 'abandoned', failure = :failure WHERE feed = :feed AND status = 'loading'
