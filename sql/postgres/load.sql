COPY {stage} (tieout_id, tieout_line, tieout_checksum, {columns}) FROM STDIN WITH (FORMAT csv, HEADER true)
