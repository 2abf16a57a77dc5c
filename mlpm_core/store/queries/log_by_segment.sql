-- The prediction log of a model by period ($by: P1D, P1M, else weeks from Monday) and segment, from
-- its counts; oldest first. Judged predictions have a class and an outcome; numbers are compared as
-- numbers. An empty $model_version takes every version; days from $until on are left out.
-- params:  $project VARCHAR, $model_id VARCHAR, $model_version VARCHAR, $by VARCHAR, $until TIMESTAMP
-- returns: period_start TIMESTAMP, segment VARCHAR, n BIGINT, n_judged BIGINT, n_wrong BIGINT, n_numbers BIGINT, sum_error DOUBLE, n_followed BIGINT, n_outcomes BIGINT
WITH told AS (
    SELECT CAST(CASE $by WHEN 'P1D' THEN day WHEN 'P1M' THEN date_trunc('month', day)
                ELSE date_trunc('week', day) END AS TIMESTAMP) AS period_start,
           *, y_pred IS DISTINCT FROM '' AND y_true IS DISTINCT FROM '' AS is_judged
    FROM log_counts_known
    WHERE project = $project AND model_id = $model_id
      AND ($model_version = '' OR model_version = $model_version) AND day < $until
), outcomes AS ( -- where outcomes are not listed there are more than any screen tells apart
    SELECT CASE WHEN bool_or(y_true IS NULL) THEN 21 ELSE count(DISTINCT y_true) END AS n_outcomes
    FROM told WHERE is_judged
)
SELECT period_start, segment, CAST(sum(n) AS BIGINT) AS n,
       CAST(coalesce(sum(n) FILTER (is_judged), 0) AS BIGINT) AS n_judged,
       CAST(sum(n_wrong) AS BIGINT) AS n_wrong, CAST(sum(n_numbers) AS BIGINT) AS n_numbers,
       sum(sum_abs_error) AS sum_error, CAST(sum(n_followed) AS BIGINT) AS n_followed,
       any_value(n_outcomes) AS n_outcomes
FROM told CROSS JOIN outcomes
GROUP BY period_start, segment
ORDER BY period_start, segment
