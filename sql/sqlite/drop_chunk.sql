-- All its rows are in the stage.
DROP TABLE tieout_chunk
