-- `.import` fills whole tables only, and the stage has one column more than a chunk.
CREATE TEMP TABLE tieout_chunk ({columns})
