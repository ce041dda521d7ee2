-- Open breaks of the feed that this run did not find.
SELECT CAST(count(*) AS {text}) FROM tieout_breaks WHERE feed = :feed AND state = 'open' AND last_run <> :run_id
