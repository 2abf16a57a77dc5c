-- The monitoring results of a model over all cases, with the batch each came in; oldest first.
-- An empty $model_version takes every version; $also_source is a source beside production, of which
-- it holds where both report the same.
-- params:  $project VARCHAR, $model_id VARCHAR, $model_version VARCHAR, $also_source VARCHAR
-- returns: model_version VARCHAR, metric VARCHAR, period_start TIMESTAMP, granularity VARCHAR, value DOUBLE, n BIGINT, value_se DOUBLE, ci_low DOUBLE, ci_high DOUBLE, label_status VARCHAR, labelled_share DOUBLE, ci_level DOUBLE, numerator DOUBLE, denominator DOUBLE, unit VARCHAR, batch VARCHAR, received_at TIMESTAMP
SELECT m.model_version, m.metric, m.period_start, m.granularity, m.value, m.n, m.value_se,
       m.ci_low, m.ci_high, m.label_status, m.labelled_share, m.ci_level, m.numerator,
       m.denominator, m.unit, b.batch, b.received_at
FROM metric_results_current m
JOIN batches b ON b.seq = m.batch_seq
WHERE m.project = $project AND m.model_id = $model_id
  AND ($model_version = '' OR m.model_version = $model_version)
  AND m.slice_key = '' AND m.source IN ('', 'production', $also_source)
ORDER BY m.period_start, m.granularity, m.metric, m.source = $also_source, m.model_version, m.source
