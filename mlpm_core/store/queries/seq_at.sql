-- The newest batch that had come in by a moment, 0 before the first.
-- params:  $moment TIMESTAMP
-- returns: seq BIGINT
SELECT coalesce(max(seq), 0) AS seq FROM batches WHERE received_at <= $moment
