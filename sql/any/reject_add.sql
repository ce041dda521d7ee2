INSERT INTO tieout_rejects (run_id, seq, file_no, record, line, byte, column_name, value, reason)
VALUES (:run_id, :seq, :file_no, :record, :line, :byte, :column_name, :value, :reason)
