-- ... on our side as well.
DELETE FROM {join}
WHERE outcome = 'missing_in_theirs'
  AND {our_key_bare} IN (SELECT key_group FROM {tie} WHERE side = 'ours')
