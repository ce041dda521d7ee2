-- What the runs of this feed noted of one account, or whatever it is that statements follow each other within.
SELECT by_text, number_text, part, day, CAST(is_first AS {text}), CAST(is_last AS {text}), opening, closing,
       file_name, file_sha256, CAST(ordinal AS {text}), CAST(line AS {text}), run_id
FROM tieout_positions
WHERE feed = :feed AND subject = :subject
ORDER BY run_seq, seq
