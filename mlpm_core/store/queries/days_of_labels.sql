-- The days and models to whose predictions a batch of labels gives an outcome.
-- params:  $seq BIGINT
-- returns: project VARCHAR, model_id VARCHAR, day DATE
SELECT DISTINCT p.project, p.model_id, CAST(p.ts AS DATE) AS day
FROM prediction_log p JOIN labels l ON l.project = p.project AND l.prediction_id = p.prediction_id
WHERE l.batch_seq = $seq AND l.model_id IN ('', p.model_id)
