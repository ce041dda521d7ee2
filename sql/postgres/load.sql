COPY {stage} (tieout_id, tieout_line, tieout_checksum, tieout_seen, {columns}) FROM STDIN WITH (FORMAT csv, HEADER true)
