-- The rows of a file that is refused.
DELETE FROM {stage} WHERE tieout_id >= :first AND tieout_id < :after
