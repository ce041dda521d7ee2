-- One break, whichever feed's it is: its id is made of the feed's name.
SELECT feed, state, outcome, row_key, fingerprint FROM tieout_breaks WHERE break_id = :break_id
