-- The feeds that ever ran here.
SELECT feed FROM tieout_feeds ORDER BY feed
