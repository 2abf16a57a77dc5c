-- The days and models on which predictions of a batch in force stand, or those that it replaced.
-- params:  $seq BIGINT
-- returns: project VARCHAR, model_id VARCHAR, day DATE
SELECT DISTINCT project, model_id, CAST(ts AS DATE) AS day
FROM prediction_log WHERE batch_seq = $seq OR replaced_by = $seq
