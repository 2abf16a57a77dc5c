-- How many labels of a project wait for their prediction; of one batch, unless $seq is 0.
-- params:  $project VARCHAR, $seq BIGINT
-- returns: n BIGINT
SELECT count(*) AS n
FROM labels_current l
WHERE l.project = $project AND $seq IN (0, l.batch_seq)
  AND NOT EXISTS (
    SELECT 1 FROM prediction_log_current p
    WHERE p.project = l.project AND p.prediction_id = l.prediction_id
      AND l.model_id IN ('', p.model_id))
