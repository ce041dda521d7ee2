-- What a careful engineer writes: bulk load, one join with SHA-256 of both sides in SQL, export of the breaks.
-- Both columns of a key are compared, every row is recorded, no duplicates are looked for.
\timing off
DROP TABLE IF EXISTS bench_stage, bench_result;
CREATE UNLOGGED TABLE bench_stage (reference text, account text, amount numeric, currency text, booked_on date,
  value_date date, created_at timestamp, status text, party text, memo text);
\copy bench_stage FROM '@FOLDER@/theirs.csv' WITH (FORMAT csv)
CREATE TABLE bench_result (reference text, outcome text, checksum_theirs text, checksum_ours text,
  amount_theirs text, amount_ours text, memo_theirs text, memo_ours text);
SET jit = off;
SET work_mem = '128MB';
INSERT INTO bench_result
SELECT COALESCE(t.reference, o.reference),
       CASE WHEN o.reference IS NULL THEN 'missing_in_ours' WHEN t.reference IS NULL THEN 'missing_in_theirs'
            WHEN t.checksum = o.checksum THEN 'matched' ELSE 'mismatched' END,
       t.checksum, o.checksum, t.amount, o.amount, t.memo, o.memo
FROM (SELECT reference, amount::text, memo,
             encode(sha256(convert_to(concat_ws('|', reference, account, amount, currency, booked_on, value_date, created_at, status, party, memo), 'UTF8')), 'hex') AS checksum
      FROM bench_stage) AS t
FULL JOIN (SELECT reference, amount::text, memo,
             encode(sha256(convert_to(concat_ws('|', reference, account, amount, currency, booked_on, value_date, created_at, status, party, memo), 'UTF8')), 'hex') AS checksum
      FROM bench_ours) AS o ON o.reference = t.reference;
\copy (SELECT * FROM bench_result WHERE outcome <> 'matched' ORDER BY reference) TO '@FOLDER@/breaks.csv' WITH (FORMAT csv, HEADER true)
TRUNCATE bench_stage;
