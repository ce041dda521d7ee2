-- What was not equal to one of theirs is to be compared, or is missing in theirs.
UPDATE {join}
SET outcome = CASE WHEN tieout_id IS NULL THEN 'missing_in_theirs' ELSE 'compare' END
WHERE ours IS NOT NULL
