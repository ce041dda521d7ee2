INSERT INTO {stage} (tieout_id, tieout_line, tieout_checksum, {columns}) VALUES {rows}
