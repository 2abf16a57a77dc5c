-- Every batch of a project, newest first, and the batch that undid it.
-- params:  $project VARCHAR
-- returns: seq BIGINT, batch VARCHAR, project VARCHAR, kind VARCHAR, channel VARCHAR, sha256 VARCHAR, actor VARCHAR, received_at TIMESTAMP, undoes BIGINT, filename VARCHAR, lines BIGINT, accepted BIGINT, rejected BIGINT, blank BIGINT, ignored BIGINT, new BIGINT, changed BIGINT, identical BIGINT, stored BIGINT, notes VARCHAR, rejects VARCHAR, content VARCHAR, undone_by VARCHAR
SELECT b.seq, b.batch, b.project, b.kind, b.channel, b.sha256, b.actor, b.received_at, b.undoes, b.filename, b.lines, b.accepted, b.rejected, b.blank, b.ignored, b.new, b.changed, b.identical, b.stored, b.notes, b.rejects, b.content,
       u.batch AS undone_by
FROM batches_known b
LEFT JOIN batches_known u ON u.undoes = b.seq
WHERE b.project = $project
ORDER BY b.seq DESC
