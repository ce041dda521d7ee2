-- Every break becomes a row of the results, with both rows, both checksums, the differing columns, its id and a
-- fingerprint of its values.
INSERT INTO tieout_results (run_id, seq, outcome, differing, row_key, theirs, ours,
                            checksum_theirs, checksum_ours, file_no, record, line, fingerprint, break_id)
SELECT :run_id, n.seq, n.outcome, n.differing, n.row_key, n.theirs, n.ours, n.checksum_theirs, n.checksum_ours,
       n.file_no, n.record, n.line, n.fingerprint, {break_id}
FROM (
    SELECT row_number() OVER (ORDER BY r.row_key, r.outcome, r.tieout_id, r.ours) AS seq,
           row_number() OVER (PARTITION BY r.row_key, r.outcome ORDER BY r.tieout_id, r.ours) AS nth,
           r.outcome, r.differing, r.row_key, r.theirs, r.ours, r.checksum_theirs, r.checksum_ours,
           r.file_no, r.record, r.line, r.fingerprint
    FROM (
        SELECT CASE WHEN d.outcome <> 'pair' THEN d.outcome
                    WHEN d.differing = '' THEN 'matched'
                    ELSE 'mismatched' END AS outcome,
               d.differing, d.row_key, d.tieout_id, d.theirs, d.ours, d.checksum_theirs, d.checksum_ours,
               d.file_no, d.record, d.line, d.fingerprint
        FROM (
            SELECT j.outcome,
                   CASE WHEN j.outcome = 'pair' AND j.ours IS NOT NULL THEN {differing} ELSE '' END AS differing,
                   CASE WHEN s.tieout_id IS NULL THEN {our_key} ELSE {their_key} END AS row_key,
                   j.tieout_id,
                   CASE WHEN s.tieout_id IS NOT NULL THEN {their_row} END AS theirs,
                   CASE WHEN j.ours IS NOT NULL THEN {our_row} WHEN j.outcome = 'pair' THEN {equal_row} END AS ours,
                   s.tieout_checksum AS checksum_theirs,
                   CASE WHEN j.ours IS NOT NULL THEN {our_checksum} WHEN j.outcome = 'pair' THEN s.tieout_checksum END AS checksum_ours,
                   CASE WHEN s.tieout_id IS NULL THEN {our_fingerprint}
                        WHEN j.ours IS NULL THEN {their_fingerprint}
                        ELSE {fingerprint} END AS fingerprint,
                   {file_no} AS file_no,
                   {record} AS record,
                   s.tieout_line AS line
            FROM {join} AS j
            LEFT JOIN {stage} AS s ON s.tieout_id = j.tieout_id
            WHERE {wanted}
        ) AS d
    ) AS r
) AS n
