-- Never back, whichever of two runs is done first.
UPDATE tieout_looks SET looked_at = :looked_at WHERE feed = :feed AND looked_at < :looked_at
