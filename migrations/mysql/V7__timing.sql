-- Breaks that are a matter of timing: the last cut-off day with which they are. NULL where they are none, and in rows of
-- older programs. None where it was executed before a kill: MySQL has no ADD COLUMN IF NOT EXISTS.
SET @tieout_add = (
    SELECT CASE WHEN count(*) > 0 THEN 'DO 0' ELSE 'ALTER TABLE tieout_results ADD COLUMN timing_until varchar(10)' END
    FROM information_schema.columns
    WHERE table_schema = database() AND table_name = 'tieout_results' AND column_name = 'timing_until');
PREPARE tieout_add FROM @tieout_add;
EXECUTE tieout_add;
DEALLOCATE PREPARE tieout_add;

-- As the last run that saw it said.
SET @tieout_add = (
    SELECT CASE WHEN count(*) > 0 THEN 'DO 0' ELSE 'ALTER TABLE tieout_breaks ADD COLUMN timing_until varchar(10)' END
    FROM information_schema.columns
    WHERE table_schema = database() AND table_name = 'tieout_breaks' AND column_name = 'timing_until');
PREPARE tieout_add FROM @tieout_add;
EXECUTE tieout_add;
DEALLOCATE PREPARE tieout_add;
