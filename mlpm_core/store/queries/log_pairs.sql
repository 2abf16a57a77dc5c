-- The predictions of a model by period ($by: P1D, P1M, else weeks from Monday) and pair of predicted
-- and actual class, from their counts; oldest first. A class is empty where there is none, NULL where
-- there are too many to list. An empty $model_version takes every version; days from $until on are
-- left out.
-- params:  $project VARCHAR, $model_id VARCHAR, $model_version VARCHAR, $by VARCHAR, $until TIMESTAMP
-- returns: period_start TIMESTAMP, y_pred VARCHAR, y_true VARCHAR, n BIGINT, n_wrong BIGINT, n_numbers BIGINT, sum_error DOUBLE, sum_abs_error DOUBLE, sum_sq_error DOUBLE, sum_actual DOUBLE, sum_abs_actual DOUBLE, sum_sq_actual DOUBLE, sum_error_actual DOUBLE
SELECT CAST(CASE $by WHEN 'P1D' THEN day WHEN 'P1M' THEN date_trunc('month', day)
            ELSE date_trunc('week', day) END AS TIMESTAMP) AS period_start,
       y_pred, y_true, CAST(sum(n) AS BIGINT) AS n, CAST(sum(n_wrong) AS BIGINT) AS n_wrong,
       CAST(sum(n_numbers) AS BIGINT) AS n_numbers, sum(sum_error) AS sum_error,
       sum(sum_abs_error) AS sum_abs_error, sum(sum_sq_error) AS sum_sq_error,
       sum(sum_actual) AS sum_actual, sum(sum_abs_actual) AS sum_abs_actual,
       sum(sum_sq_actual) AS sum_sq_actual, sum(sum_error_actual) AS sum_error_actual
FROM log_counts_known
WHERE project = $project AND model_id = $model_id
  AND ($model_version = '' OR model_version = $model_version) AND day < $until
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
