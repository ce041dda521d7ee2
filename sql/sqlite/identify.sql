-- Fills in what SQLite cannot compute, many rows at once: a JSON list of [seq, checksum of ours or null, id, fingerprint].
-- The CASE makes SQLite begin with the list and look each row up; it would read all rows of the run for each of the list.
UPDATE tieout_results AS r
SET checksum_ours = COALESCE(j.value ->> 1, r.checksum_ours), break_id = j.value ->> 2, fingerprint = j.value ->> 3
FROM json_each(:rows) AS j
WHERE r.run_id = CASE WHEN j.key >= 0 THEN :run_id END AND r.seq = j.value ->> 0
