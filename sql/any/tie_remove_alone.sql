-- ... on our side as well.
DELETE FROM {join}
WHERE outcome = 'missing_in_theirs'
  AND {our_key_bare} IN (SELECT row_key FROM {tie} WHERE side = 'ours')
