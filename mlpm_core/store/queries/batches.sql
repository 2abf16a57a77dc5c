-- Every batch of a project, newest first, with its receipt and the batch that undid it.
-- params:  $project VARCHAR
-- returns: seq BIGINT, batch VARCHAR, kind VARCHAR, channel VARCHAR, sha256 VARCHAR, actor VARCHAR, received_at TIMESTAMP, receipt VARCHAR, undoes BIGINT, undone_by VARCHAR
SELECT b.seq, b.batch, b.kind, b.channel, b.sha256, b.actor, b.received_at, b.receipt, b.undoes,
       u.batch AS undone_by
FROM batches_known b
LEFT JOIN batches_known u ON u.undoes = b.seq
WHERE b.project = $project
ORDER BY b.seq DESC
