-- The newest value of theirs in a column of dates or times, whose texts sort; an empty text where there is none.
SELECT COALESCE(max({column}), '') FROM {stage}
