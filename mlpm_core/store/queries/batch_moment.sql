-- When a batch came in, and its number.
-- params:  $batch VARCHAR
-- returns: seq BIGINT, received_at TIMESTAMP
SELECT seq, received_at FROM batches WHERE batch = $batch
