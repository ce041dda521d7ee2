-- What a file of a source was when a run of this feed had counted all of it.
SELECT CAST(bytes AS {text}), modified, version FROM tieout_arrivals WHERE feed = :feed AND address = :address
