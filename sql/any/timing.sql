-- Breaks of the run that are a matter of timing, up to this cut-off day. The program found them by their days.
UPDATE tieout_results SET timing_until = :until WHERE run_id = :run_id AND seq IN ({rows})
