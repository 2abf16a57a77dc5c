-- The files that a project ever took as a kind, by their bytes: the newest batch of each, and what undid it.
-- params:  $project VARCHAR, $kind VARCHAR
-- returns: sha256 VARCHAR, batch VARCHAR, undone_by VARCHAR
SELECT b.sha256, b.batch, u.batch AS undone_by
FROM batches_known b LEFT JOIN batches_known u ON u.undoes = b.seq
WHERE b.project = $project AND b.kind = $kind AND b.undoes IS NULL
QUALIFY row_number() OVER (PARTITION BY b.sha256 ORDER BY b.seq DESC) = 1
ORDER BY b.seq
