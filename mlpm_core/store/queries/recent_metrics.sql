-- What a value today rests on, of the results of a model over all cases that began before $until: of
-- each length of period those of the newest $days days and of the first 12 periods, and of each metric
-- the newest; else as monitored_metrics, of whose rows these are the ones that count last.
-- params:  $project VARCHAR, $model_id VARCHAR, $model_version VARCHAR, $also_source VARCHAR, $until TIMESTAMP, $days INTEGER
-- returns: model_version VARCHAR, metric VARCHAR, period_start TIMESTAMP, granularity VARCHAR, value DOUBLE, n BIGINT, value_se DOUBLE, ci_low DOUBLE, ci_high DOUBLE, label_status VARCHAR, labelled_share DOUBLE, ci_level DOUBLE, numerator DOUBLE, denominator DOUBLE, unit VARCHAR, batch VARCHAR, received_at TIMESTAMP
SELECT m.model_version, m.metric, m.period_start, m.granularity, m.value, m.n, m.value_se,
       m.ci_low, m.ci_high, m.label_status, m.labelled_share, m.ci_level, m.numerator,
       m.denominator, m.unit, b.batch, b.received_at
FROM metric_results_current m
JOIN batches b ON b.seq = m.batch_seq
WHERE m.project = $project AND m.model_id = $model_id
  AND ($model_version = '' OR m.model_version = $model_version)
  AND m.slice_key = '' AND m.source IN ('', 'production', $also_source)
  AND m.period_start < $until
QUALIFY row_number() OVER (
    PARTITION BY m.metric, m.granularity, m.period_start
    ORDER BY m.source = $also_source DESC, m.model_version DESC, m.source DESC) = 1
  AND (m.period_start > max(m.period_start) OVER (PARTITION BY m.granularity)
           - to_days(CAST($days AS INTEGER))
    OR dense_rank() OVER (PARTITION BY m.granularity ORDER BY m.period_start) <= 12
    OR m.period_start = max(m.period_start) OVER (PARTITION BY m.metric, m.granularity))
ORDER BY m.period_start, m.granularity, m.metric
