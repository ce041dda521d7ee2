-- The migrations of tieout's own tables that were applied here.
SELECT CAST(version AS {text}) FROM {history} ORDER BY version
