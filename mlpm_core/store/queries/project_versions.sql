-- The sequence number of the newest batch of every project that has one.
-- params:
-- returns: project VARCHAR, seq BIGINT
SELECT project, max(seq) AS seq
FROM batches_known
GROUP BY project
ORDER BY project
