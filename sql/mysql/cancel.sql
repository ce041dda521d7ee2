-- Cancels the statement of another session, which goes on.
KILL QUERY {session}
