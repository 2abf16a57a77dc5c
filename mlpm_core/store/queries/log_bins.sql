-- The scored predictions of models by period, score bin (k for scores from k/100 on) and actual class,
-- from their counts; oldest first. A class is empty where there is none, NULL where there are too many
-- to list. The parameters are those of log_pairs, and so are the periods.
-- params:  $project VARCHAR[], $model_id VARCHAR[], $model_version VARCHAR[], $by VARCHAR[], $anchor DATE[], $until TIMESTAMP[], $days INTEGER[]
-- returns: question BIGINT, period_start TIMESTAMP, score_bin INTEGER, y_true VARCHAR, n BIGINT, sum_p DOUBLE, sum_p2 DOUBLE, sum_p3 DOUBLE, sum_p4 DOUBLE
WITH asked AS (
    SELECT unnest(range(1, len($project) + 1)) AS question, unnest($project) AS project,
           unnest($model_id) AS model_id, unnest($model_version) AS model_version,
           unnest($by) AS length, unnest($anchor) AS anchor, unnest($until) AS until,
           unnest($days) AS days
)
SELECT a.question,
       CAST(CASE a.length WHEN 'P1D' THEN s.day
            WHEN 'P1W' THEN time_bucket(INTERVAL 7 DAY, s.day, a.anchor)
            WHEN 'P1M' THEN date_trunc('month', s.day)
            WHEN 'P3M' THEN time_bucket(INTERVAL 3 MONTH, s.day, a.anchor)
            WHEN 'P6M' THEN time_bucket(INTERVAL 6 MONTH, s.day, a.anchor)
            ELSE time_bucket(INTERVAL 12 MONTH, s.day, a.anchor) END AS TIMESTAMP) AS period_start,
       s.score_bin, s.y_true, CAST(sum(s.n) AS BIGINT) AS n, sum(s.sum_p) AS sum_p,
       sum(s.sum_p2) AS sum_p2, sum(s.sum_p3) AS sum_p3, sum(s.sum_p4) AS sum_p4
FROM (SELECT * FROM log_scores_known
      WHERE list_contains($project, project) AND list_contains($model_id, model_id)) s
JOIN asked a ON a.project = s.project AND a.model_id = s.model_id
WHERE s.score_bin >= 0 AND (a.model_version = '' OR s.model_version = a.model_version)
  AND s.day < a.until
GROUP BY a.question, a.days, period_start, s.score_bin, s.y_true
QUALIFY a.days <= 0
  OR dense_rank() OVER (PARTITION BY a.question ORDER BY period_start) <= 12
  OR period_start
     > max(period_start) OVER (PARTITION BY a.question) - to_days(CAST(a.days AS INTEGER))
ORDER BY a.question, period_start, s.score_bin, s.y_true
