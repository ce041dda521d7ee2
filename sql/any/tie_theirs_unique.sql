-- Keys that occur more than once: their rows. A unique index says that ours has no such key, so all of this
-- is skipped where `mark_repeats` marked no row.
INSERT INTO {tie} (side, tieout_id, key_group, row_group, ours)
SELECT 'theirs', s.tieout_id, {their_key}, {their_compared}, {equal_row}
FROM {stage} AS s
WHERE s.tieout_repeated = 1
