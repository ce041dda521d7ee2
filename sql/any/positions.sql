-- What the runs of this feed noted of one account, or whatever it is that statements follow each other within.
SELECT by_text, number_text, part, day, is_first, is_last, opening, closing,
       file_name, file_sha256, ordinal, line, run_id
FROM tieout_positions
WHERE feed = :feed AND subject = :subject
ORDER BY run_seq, seq
