-- What a careful engineer writes: bulk load, one join with SHA-256 of both sides in SQL, export of the breaks.
-- Every row is recorded, no duplicates are looked for.
SET SESSION join_buffer_size = 134217728, tmp_table_size = 134217728, max_heap_table_size = 134217728;
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
DROP TABLE IF EXISTS bench_stage, bench_result;
CREATE TABLE bench_stage (reference varchar(20) NOT NULL PRIMARY KEY, account varchar(34), amount decimal(18,2), currency char(3), booked_on date,
  value_date date, created_at datetime(6), status varchar(4), party varchar(70), memo varchar(140)) DEFAULT CHARACTER SET utf8mb4;
LOAD DATA LOCAL INFILE '@FOLDER@/theirs.csv' INTO TABLE bench_stage CHARACTER SET utf8mb4
  FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\r\n';
CREATE TABLE bench_result (reference varchar(20), outcome varchar(20), checksum_theirs char(64), checksum_ours char(64),
  amount_theirs varchar(40), amount_ours varchar(40), memo_theirs varchar(140), memo_ours varchar(140)) DEFAULT CHARACTER SET utf8mb4;
INSERT INTO bench_result
SELECT t.reference, CASE WHEN o.reference IS NULL THEN 'missing_in_ours'
         WHEN SHA2(CONCAT_WS('|', t.reference, t.account, t.amount, t.currency, t.booked_on, t.value_date, t.created_at, t.status, t.party, t.memo), 256)
            = SHA2(CONCAT_WS('|', o.reference, o.account, o.amount, o.currency, o.booked_on, o.value_date, o.created_at, o.status, o.party, o.memo), 256)
         THEN 'matched' ELSE 'mismatched' END,
       SHA2(CONCAT_WS('|', t.reference, t.account, t.amount, t.currency, t.booked_on, t.value_date, t.created_at, t.status, t.party, t.memo), 256),
       SHA2(CONCAT_WS('|', o.reference, o.account, o.amount, o.currency, o.booked_on, o.value_date, o.created_at, o.status, o.party, o.memo), 256),
       t.amount, o.amount, t.memo, o.memo
FROM bench_stage AS t LEFT JOIN bench_ours AS o ON o.reference = t.reference
UNION ALL
SELECT o.reference, 'missing_in_theirs', NULL,
       SHA2(CONCAT_WS('|', o.reference, o.account, o.amount, o.currency, o.booked_on, o.value_date, o.created_at, o.status, o.party, o.memo), 256),
       NULL, o.amount, NULL, o.memo
FROM bench_ours AS o LEFT JOIN bench_stage AS t ON t.reference = o.reference
WHERE t.reference IS NULL;
SELECT * FROM bench_result WHERE outcome <> 'matched' ORDER BY reference;
TRUNCATE TABLE bench_stage;
