-- The predictions of models by period and pair of predicted and actual class, from their counts; oldest
-- first. $by is P1D, P1W, P1M, P3M, P6M or P1Y; weeks begin on the weekday of $anchor, quarters, half-years
-- and years in its month. A class is empty where there is none, NULL where there are too many to list. An empty
-- $model_version takes every version; days from $until on are left out, and where $days is above 0 all
-- periods but those of the newest $days days and the first 12. Of the whole log, whatever is left out:
-- the periods before this one (n_earlier, outcomes_earlier), classes, and n_overruled, the predictions
-- that were not followed. Takes many questions at once, the parameters of which stand in lists;
-- question counts them from 1.
-- params:  $project VARCHAR[], $model_id VARCHAR[], $model_version VARCHAR[], $by VARCHAR[], $anchor DATE[], $until TIMESTAMP[], $days INTEGER[]
-- returns: question BIGINT, period_start TIMESTAMP, y_pred VARCHAR, y_true VARCHAR, n BIGINT, n_followed BIGINT, n_wrong BIGINT, n_numbers BIGINT, sum_error DOUBLE, sum_abs_error DOUBLE, sum_sq_error DOUBLE, sum_actual DOUBLE, sum_abs_actual DOUBLE, sum_sq_actual DOUBLE, sum_error_actual DOUBLE, n_earlier BIGINT, outcomes_earlier BIGINT, n_overruled BIGINT, n_whole BIGINT, classes VARCHAR[]
WITH asked AS (
    SELECT unnest(range(1, len($project) + 1)) AS question, unnest($project) AS project,
           unnest($model_id) AS model_id, unnest($model_version) AS model_version,
           unnest($by) AS length, unnest($anchor) AS anchor, unnest($until) AS until,
           unnest($days) AS days
), counted AS (
    SELECT a.question, a.days,
           CAST(CASE a.length WHEN 'P1D' THEN c.day
                WHEN 'P1W' THEN time_bucket(INTERVAL 7 DAY, c.day, a.anchor)
                WHEN 'P1M' THEN date_trunc('month', c.day)
                WHEN 'P3M' THEN time_bucket(INTERVAL 3 MONTH, c.day, a.anchor)
                WHEN 'P6M' THEN time_bucket(INTERVAL 6 MONTH, c.day, a.anchor)
                ELSE time_bucket(INTERVAL 12 MONTH, c.day, a.anchor) END AS TIMESTAMP)
               AS period_start,
           c.y_pred, c.y_true, CAST(sum(c.n) AS BIGINT) AS n,
           CAST(sum(c.n_followed) AS BIGINT) AS n_followed,
           CAST(sum(c.n_wrong) AS BIGINT) AS n_wrong,
           CAST(sum(c.n_numbers) AS BIGINT) AS n_numbers, sum(c.sum_error) AS sum_error,
           sum(c.sum_abs_error) AS sum_abs_error, sum(c.sum_sq_error) AS sum_sq_error,
           sum(c.sum_actual) AS sum_actual, sum(c.sum_abs_actual) AS sum_abs_actual,
           sum(c.sum_sq_actual) AS sum_sq_actual, sum(c.sum_error_actual) AS sum_error_actual
    FROM (SELECT * FROM log_counts_known
          WHERE list_contains($project, project) AND list_contains($model_id, model_id)) c
    JOIN asked a ON a.project = c.project AND a.model_id = c.model_id
    WHERE (a.model_version = '' OR c.model_version = a.model_version) AND c.day < a.until
    GROUP BY a.question, a.days, period_start, c.y_pred, c.y_true
), of_period AS (
    SELECT question, period_start, sum(n) AS n,
           coalesce(sum(n) FILTER (y_true IS DISTINCT FROM ''), 0) AS outcomes
    FROM counted GROUP BY question, period_start
), earlier AS (
    SELECT question, period_start,
           coalesce(sum(n) OVER before, 0) AS n_earlier,
           coalesce(sum(outcomes) OVER before, 0) AS outcomes_earlier,
           row_number() OVER (PARTITION BY question ORDER BY period_start) AS place,
           max(period_start) OVER (PARTITION BY question) AS newest
    FROM of_period
    WINDOW before AS (PARTITION BY question ORDER BY period_start
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), whole AS (
    SELECT question, sum(n) - sum(n_followed) AS n_overruled, sum(n) AS n_whole,
           list_sort(list_distinct(list_concat(
               coalesce(list(DISTINCT y_pred) FILTER (y_pred <> ''), []),
               coalesce(list(DISTINCT y_true) FILTER (y_true <> ''), [])))) AS classes
    FROM counted GROUP BY question
)
SELECT c.question, c.period_start, c.y_pred, c.y_true, c.n, c.n_followed, c.n_wrong, c.n_numbers,
       c.sum_error, c.sum_abs_error, c.sum_sq_error, c.sum_actual, c.sum_abs_actual,
       c.sum_sq_actual, c.sum_error_actual, CAST(e.n_earlier AS BIGINT) AS n_earlier,
       CAST(e.outcomes_earlier AS BIGINT) AS outcomes_earlier,
       CAST(w.n_overruled AS BIGINT) AS n_overruled, CAST(w.n_whole AS BIGINT) AS n_whole, w.classes
FROM counted c
JOIN earlier e ON e.question = c.question AND e.period_start = c.period_start
JOIN whole w ON w.question = c.question
WHERE c.days <= 0 OR e.place <= 12 OR c.period_start > e.newest - to_days(CAST(c.days AS INTEGER))
ORDER BY c.question, c.period_start, c.y_pred, c.y_true
