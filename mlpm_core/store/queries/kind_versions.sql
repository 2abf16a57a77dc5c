-- The sequence number of the newest batch of every kind, undos of it too.
-- params:
-- returns: kind VARCHAR, seq BIGINT
SELECT kind, max(seq) AS seq
FROM batches_known
GROUP BY kind
ORDER BY kind
