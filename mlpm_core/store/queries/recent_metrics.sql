-- What a value today rests on, of the results of a model over all cases that began before $until: of
-- each length of period those of the newest $days days and of the first 12 periods, and of each metric
-- the newest; else as monitored_metrics, of whose rows these are the ones that count last. Takes many
-- questions at once, the parameters of which stand in lists; question counts them from 1.
-- params:  $project VARCHAR[], $model_id VARCHAR[], $model_version VARCHAR[], $also_source VARCHAR[], $until TIMESTAMP[], $days INTEGER[]
-- returns: question BIGINT, model_version VARCHAR, metric VARCHAR, period_start TIMESTAMP, granularity VARCHAR, value DOUBLE, n BIGINT, value_se DOUBLE, ci_low DOUBLE, ci_high DOUBLE, label_status VARCHAR, labelled_share DOUBLE, ci_level DOUBLE, numerator DOUBLE, denominator DOUBLE, unit VARCHAR, batch VARCHAR, received_at TIMESTAMP
WITH asked AS (
    SELECT unnest(range(1, len($project) + 1)) AS question, unnest($project) AS project,
           unnest($model_id) AS model_id, unnest($model_version) AS model_version,
           unnest($also_source) AS also_source, unnest($until) AS until, unnest($days) AS days
)
SELECT a.question, m.model_version, m.metric, m.period_start, m.granularity, m.value, m.n,
       m.value_se, m.ci_low, m.ci_high, m.label_status, m.labelled_share, m.ci_level, m.numerator,
       m.denominator, m.unit, b.batch, b.received_at
FROM (SELECT * FROM metric_results_current WHERE list_contains($project, project)) m
JOIN asked a ON a.project = m.project AND a.model_id = m.model_id
JOIN batches b ON b.seq = m.batch_seq
WHERE (a.model_version = '' OR m.model_version = a.model_version)
  AND m.slice_key = '' AND m.source IN ('', 'production', a.also_source)
  AND m.period_start < a.until
QUALIFY row_number() OVER (
    PARTITION BY a.question, m.metric, m.granularity, m.period_start
    ORDER BY m.source = a.also_source DESC, m.model_version DESC, m.source DESC) = 1
  AND (m.period_start > max(m.period_start) OVER (PARTITION BY a.question, m.granularity)
           - to_days(CAST(a.days AS INTEGER))
    OR dense_rank() OVER (PARTITION BY a.question, m.granularity ORDER BY m.period_start) <= 12
    OR m.period_start
           = max(m.period_start) OVER (PARTITION BY a.question, m.metric, m.granularity))
ORDER BY a.question, m.period_start, m.granularity, m.metric
