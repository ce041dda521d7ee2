-- Without statistics the planner takes nearly every row for a break, and sorts the whole stage to record a few.
ANALYZE {join} (tieout_id, outcome, ours)
