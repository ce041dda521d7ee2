-- What was staged: rows, and the sums of their file and record numbers. The ids themselves add up to more than 64 bits hold.
SELECT CAST(count(*) AS {text}),
       CAST(COALESCE(sum({file_no}), 0) AS {text}),
       CAST(COALESCE(sum({record}), 0) AS {text})
FROM {stage}
