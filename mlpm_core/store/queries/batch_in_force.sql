-- The newest batch of a project that took these very bytes and was not undone.
-- params:  $project VARCHAR, $kind VARCHAR, $sha256 VARCHAR
-- returns: seq BIGINT, batch VARCHAR, receipt VARCHAR
SELECT b.seq, b.batch, b.receipt
FROM batches_in_force b
WHERE b.project = $project AND b.kind = $kind AND b.sha256 = $sha256 AND b.undoes IS NULL
ORDER BY b.seq DESC
LIMIT 1
