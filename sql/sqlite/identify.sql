-- Fills in what SQLite cannot compute, many rows at once: a JSON list of [seq, checksum of ours or null, id, fingerprint].
UPDATE tieout_results AS r
SET checksum_ours = COALESCE(j.value ->> 1, r.checksum_ours), break_id = j.value ->> 2, fingerprint = j.value ->> 3
FROM json_each(:rows) AS j
WHERE r.run_id = :run_id AND r.seq = j.value ->> 0
