-- The batches of a project that took these very bytes and were not undone, the newest first.
-- params:  $project VARCHAR, $kind VARCHAR, $sha256 VARCHAR
-- returns: seq BIGINT, batch VARCHAR, project VARCHAR, kind VARCHAR, channel VARCHAR, sha256 VARCHAR, actor VARCHAR, received_at TIMESTAMP, undoes BIGINT, filename VARCHAR, lines BIGINT, accepted BIGINT, rejected BIGINT, blank BIGINT, ignored BIGINT, new BIGINT, changed BIGINT, identical BIGINT, stored BIGINT, notes VARCHAR, rejects VARCHAR, content VARCHAR
SELECT b.seq, b.batch, b.project, b.kind, b.channel, b.sha256, b.actor, b.received_at, b.undoes, b.filename, b.lines, b.accepted, b.rejected, b.blank, b.ignored, b.new, b.changed, b.identical, b.stored, b.notes, b.rejects, b.content
FROM batches_in_force b
WHERE b.project = $project AND b.kind = $kind AND b.sha256 = $sha256 AND b.undoes IS NULL
ORDER BY b.seq DESC
