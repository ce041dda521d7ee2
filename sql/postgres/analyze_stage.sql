-- So that an estimate knows the rows of theirs as they are. A run takes no time for it.
ANALYZE {stage}
