-- What a file of a source was when a run of this feed had counted all of it, or had met it as one that is ignored.
SELECT CAST(bytes AS {text}), modified, version, sha256, run_id FROM tieout_arrivals WHERE feed = :feed AND address = :address
