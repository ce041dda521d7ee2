-- Every break becomes a row of the results, with both rows, both checksums and the differing columns.
INSERT INTO tieout_results (run_id, seq, outcome, differing, row_key, theirs, ours,
                            checksum_theirs, checksum_ours, file_no, record, line)
SELECT :run_id,
       row_number() OVER (ORDER BY r.row_key, r.outcome, r.tieout_id, r.ours),
       r.outcome, r.differing, r.row_key, r.theirs, r.ours, r.checksum_theirs, r.checksum_ours,
       r.file_no, r.record, r.line
FROM (
    SELECT CASE WHEN d.outcome <> 'pair' THEN d.outcome
                WHEN d.differing = '' THEN 'matched'
                ELSE 'mismatched' END AS outcome,
           d.differing, d.row_key, d.tieout_id, d.theirs, d.ours, d.checksum_theirs, d.checksum_ours,
           d.file_no, d.record, d.line
    FROM (
        SELECT j.outcome,
               CASE WHEN j.outcome = 'pair' AND j.ours IS NOT NULL THEN {differing} ELSE '' END AS differing,
               CASE WHEN s.tieout_id IS NULL THEN {our_key} ELSE {their_key} END AS row_key,
               j.tieout_id,
               CASE WHEN s.tieout_id IS NOT NULL THEN {their_row} END AS theirs,
               CASE WHEN j.ours IS NOT NULL THEN {our_row} WHEN j.outcome = 'pair' THEN {equal_row} END AS ours,
               s.tieout_checksum AS checksum_theirs,
               CASE WHEN j.ours IS NOT NULL THEN {our_checksum} WHEN j.outcome = 'pair' THEN s.tieout_checksum END AS checksum_ours,
               {file_no} AS file_no,
               {record} AS record,
               s.tieout_line AS line
        FROM {join} AS j
        LEFT JOIN {stage} AS s ON s.tieout_id = j.tieout_id
        WHERE {wanted}
    ) AS d
) AS r
