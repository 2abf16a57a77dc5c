-- The project a batch belongs to.
-- params:  $batch VARCHAR
-- returns: project VARCHAR
SELECT project FROM batches WHERE batch = $batch
