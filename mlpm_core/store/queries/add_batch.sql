-- Append one batch.
-- params:  $seq BIGINT, $batch VARCHAR, $project VARCHAR, $kind VARCHAR, $channel VARCHAR, $sha256 VARCHAR, $actor VARCHAR, $received_at TIMESTAMP, $undoes BIGINT, $filename VARCHAR, $lines BIGINT, $accepted BIGINT, $rejected BIGINT, $blank BIGINT, $ignored BIGINT, $new BIGINT, $changed BIGINT, $identical BIGINT, $stored BIGINT, $notes VARCHAR, $rejects VARCHAR, $content VARCHAR
-- returns: nothing
INSERT INTO batches (seq, batch, project, kind, channel, sha256, actor, received_at, undoes, filename, lines, accepted, rejected, blank, ignored, new, changed, identical, stored, notes, rejects, content)
VALUES ($seq, $batch, $project, $kind, $channel, $sha256, $actor, $received_at, $undoes, $filename, $lines, $accepted, $rejected, $blank, $ignored, $new, $changed, $identical, $stored, $notes, $rejects, $content)
