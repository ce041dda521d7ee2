-- Rows that the converter marked in vain: their key occurs once, so the join meets them.
UPDATE {stage} SET tieout_seen = 0 WHERE tieout_seen = 1 AND tieout_repeated = 0
