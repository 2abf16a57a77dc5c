-- What was undone in a project, oldest first: the batch, what it had brought, and who undid it.
-- params:  $project VARCHAR
-- returns: received_at TIMESTAMP, batch VARCHAR, actor VARCHAR, undone VARCHAR, kind VARCHAR, accepted BIGINT
SELECT u.received_at, u.batch, u.actor, b.batch AS undone, b.kind, b.accepted
FROM batches_known u
JOIN batches_known b ON b.seq = u.undoes
WHERE u.project = $project
ORDER BY u.seq
