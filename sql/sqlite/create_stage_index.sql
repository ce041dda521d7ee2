CREATE INDEX IF NOT EXISTS {stage_index} ON {stage} ({keys}, tieout_seen)
