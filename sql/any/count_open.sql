-- Open breaks of the feed, whichever run saw them last, and since when the oldest is.
SELECT CAST(count(*) AS {text}), min(first_seen) FROM tieout_breaks WHERE feed = :feed AND state = 'open'
