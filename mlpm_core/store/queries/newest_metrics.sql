-- Of each metric and length of period the newest result of a model over all cases that began before
-- $until; else as monitored_metrics, of whose rows these are the ones that count last.
-- params:  $project VARCHAR, $model_id VARCHAR, $model_version VARCHAR, $also_source VARCHAR, $until TIMESTAMP
-- returns: model_version VARCHAR, metric VARCHAR, period_start TIMESTAMP, granularity VARCHAR, value DOUBLE, n BIGINT, value_se DOUBLE, ci_low DOUBLE, ci_high DOUBLE, label_status VARCHAR, labelled_share DOUBLE, batch VARCHAR, received_at TIMESTAMP
SELECT m.model_version, m.metric, m.period_start, m.granularity, m.value, m.n, m.value_se,
       m.ci_low, m.ci_high, m.label_status, m.labelled_share, b.batch, b.received_at
FROM metric_results_current m
JOIN batches b ON b.seq = m.batch_seq
WHERE m.project = $project AND m.model_id = $model_id
  AND ($model_version = '' OR m.model_version = $model_version)
  AND m.slice_key = '' AND m.source IN ('', 'production', $also_source)
  AND m.period_start < $until
QUALIFY row_number() OVER (
    PARTITION BY m.metric, m.granularity
    ORDER BY m.period_start DESC, m.source = $also_source DESC, m.model_version DESC, m.source DESC) = 1
ORDER BY m.period_start, m.granularity, m.metric
