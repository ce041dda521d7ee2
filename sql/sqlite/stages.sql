-- The stages of all feeds.
SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 13) = 'tieout_stage_' ORDER BY name
