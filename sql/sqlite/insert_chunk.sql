INSERT INTO {stage} ({columns})
SELECT {columns} FROM tieout_chunk
