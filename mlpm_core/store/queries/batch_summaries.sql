-- Every batch that brought rows and counts, newest first.
-- params:
-- returns: seq BIGINT, batch VARCHAR, project VARCHAR, kind VARCHAR, channel VARCHAR, filename VARCHAR, actor VARCHAR, received_at TIMESTAMP
SELECT seq, batch, project, kind, channel, filename, actor, received_at
FROM batches_in_force
WHERE undoes IS NULL
ORDER BY seq DESC
