-- Breaks that are a matter of timing: the last cut-off day with which they are. NULL where they are none, and in rows of
-- older programs.
ALTER TABLE tieout_results ADD COLUMN timing_until varchar(10);
ALTER TABLE tieout_breaks ADD COLUMN timing_until varchar(10); -- as the last run that saw it said
