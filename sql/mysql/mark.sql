-- Marks this session for as long as it lives, so that another one can find it: 1 or 0.
SELECT CAST(GET_LOCK(CONCAT('tieout session ', :mark), 0) AS char)
