INSERT INTO tieout_positions
    (run_id, seq, run_seq, feed, succession, subject, by_text, number_text, part, day,
     is_first, is_last, opening, closing, file_name, file_sha256, ordinal, line)
VALUES
    (:run_id, :seq, :run_seq, :feed, :succession, :subject, :by, :number_text, :part, :day,
     :is_first, :is_last, :opening, :closing, :file_name, :file_sha256, :ordinal, :line)
