LOAD DATA LOCAL INFILE {file} INTO TABLE {stage} CHARACTER SET utf8mb4
FIELDS TERMINATED BY ',' ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\n' IGNORE 1 LINES
(tieout_id, tieout_line, tieout_checksum, tieout_seen, {columns}){rest}
