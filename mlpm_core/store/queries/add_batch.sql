-- Append one batch.
-- params:  $seq BIGINT, $batch VARCHAR, $project VARCHAR, $kind VARCHAR, $channel VARCHAR, $sha256 VARCHAR, $actor VARCHAR, $received_at TIMESTAMP, $undoes BIGINT, $receipt VARCHAR
-- returns: nothing
INSERT INTO batches (seq, batch, project, kind, channel, sha256, actor, received_at, undoes, receipt)
VALUES ($seq, $batch, $project, $kind, $channel, $sha256, $actor, $received_at, $undoes, $receipt)
