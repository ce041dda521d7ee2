INSERT INTO {stage} (tieout_id, tieout_line, tieout_checksum, tieout_seen, {columns}) VALUES {rows}
