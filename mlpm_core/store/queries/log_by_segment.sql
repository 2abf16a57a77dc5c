-- The prediction log of a model by period ($by: P1D, P1M, else weeks from Monday) and segment; oldest
-- first. Judged rows have both a prediction and an outcome; numbers are compared as numbers. An
-- empty $model_version takes every version; rows from $until on are left out. An outcome that came
-- as a label of its own goes before the one in the log, and a label that names the model before one
-- that does not.
-- params:  $project VARCHAR, $model_id VARCHAR, $model_version VARCHAR, $by VARCHAR, $until TIMESTAMP
-- returns: period_start TIMESTAMP, segment VARCHAR, n BIGINT, n_judged BIGINT, n_wrong BIGINT, n_numbers BIGINT, sum_error DOUBLE, n_followed BIGINT, n_outcomes BIGINT
WITH outcome AS (
    SELECT prediction_id, max_by(y_true, model_id) AS y_true
    FROM labels_current WHERE project = $project AND model_id IN ('', $model_id)
    GROUP BY prediction_id
), told AS (
    SELECT CAST(CASE $by WHEN 'P1D' THEN date_trunc('day', ts) WHEN 'P1M' THEN date_trunc('month', ts)
                ELSE date_trunc('week', ts) END AS TIMESTAMP) AS period_start,
           segment, y_true, y_pred <> '' AND y_true <> '' AS is_judged,
           TRY_CAST(y_pred AS DOUBLE) AS predicted, TRY_CAST(y_true AS DOUBLE) AS happened,
           CASE WHEN predicted IS NULL OR happened IS NULL THEN y_pred <> y_true
                ELSE predicted <> happened END AS is_wrong,
           decision IN ('', y_pred) AS is_followed
    FROM (SELECT p.* RENAME (y_true AS told_then), coalesce(o.y_true, p.y_true) AS y_true
          FROM prediction_log_current p LEFT JOIN outcome o USING (prediction_id))
    WHERE project = $project AND model_id = $model_id
      AND ($model_version = '' OR model_version = $model_version) AND ts < $until
), outcomes AS (
    SELECT count(DISTINCT y_true) AS n_outcomes FROM told WHERE is_judged
)
SELECT period_start, segment, count(*) AS n, count(*) FILTER (is_judged) AS n_judged,
       count(*) FILTER (is_judged AND is_wrong) AS n_wrong,
       count(*) FILTER (is_judged AND isfinite(predicted - happened)) AS n_numbers,
       sum(abs(predicted - happened)) FILTER (is_judged AND isfinite(predicted - happened)) AS sum_error,
       count(*) FILTER (is_followed) AS n_followed, any_value(n_outcomes) AS n_outcomes
FROM told CROSS JOIN outcomes
GROUP BY period_start, segment
ORDER BY period_start, segment
