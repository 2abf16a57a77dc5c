-- The sequence number of the newest batch; 0 in an empty store.
-- params:
-- returns: seq BIGINT
SELECT coalesce(max(seq), 0) AS seq FROM batches_known
