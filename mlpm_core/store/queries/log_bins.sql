-- The scored predictions of a model whose outcome is known, by period ($by: P1D, P1M, else weeks from
-- Monday), score bin (k for scores from k/100 on) and actual class, from their counts; oldest first.
-- A class is NULL where there are too many to list. An empty $model_version takes every version; days
-- from $until on are left out.
-- params:  $project VARCHAR, $model_id VARCHAR, $model_version VARCHAR, $by VARCHAR, $until TIMESTAMP
-- returns: period_start TIMESTAMP, score_bin INTEGER, y_true VARCHAR, n BIGINT, sum_p DOUBLE, sum_p2 DOUBLE, sum_p3 DOUBLE, sum_p4 DOUBLE
SELECT CAST(CASE $by WHEN 'P1D' THEN day WHEN 'P1M' THEN date_trunc('month', day)
            ELSE date_trunc('week', day) END AS TIMESTAMP) AS period_start,
       score_bin, y_true, CAST(sum(n) AS BIGINT) AS n, sum(sum_p) AS sum_p, sum(sum_p2) AS sum_p2,
       sum(sum_p3) AS sum_p3, sum(sum_p4) AS sum_p4
FROM log_scores_known
WHERE project = $project AND model_id = $model_id AND score_bin >= 0 AND y_true IS DISTINCT FROM ''
  AND ($model_version = '' OR model_version = $model_version) AND day < $until
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
