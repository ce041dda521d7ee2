-- The partners that the program found: the row of theirs stands for a row of this group.
INSERT INTO {tie} (side, tieout_id, key_group, row_group, ours) VALUES {rows}
