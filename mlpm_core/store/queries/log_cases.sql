-- How many predictions a model logged on the days from $since to before $until, how many of them have
-- a class and an outcome, and how many of these are wrong, from their counts; numbers are those where
-- both are numbers. An empty $model_version takes every version.
-- params:  $project VARCHAR, $model_id VARCHAR, $model_version VARCHAR, $since DATE, $until DATE
-- returns: n BIGINT, n_judged BIGINT, n_wrong BIGINT, n_outcomes BIGINT
SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS n,
       CAST(coalesce(sum(n) FILTER (y_pred IS DISTINCT FROM '' AND y_true IS DISTINCT FROM ''), 0)
            AS BIGINT) AS n_judged,
       CAST(coalesce(sum(n_wrong), 0) AS BIGINT) AS n_wrong,
       CASE WHEN bool_or(y_true IS NULL) THEN 21
            ELSE count(DISTINCT y_true) FILTER (y_true IS DISTINCT FROM '') END AS n_outcomes
FROM log_counts_known
WHERE project = $project AND model_id = $model_id
  AND ($model_version = '' OR model_version = $model_version) AND day >= $since AND day < $until
