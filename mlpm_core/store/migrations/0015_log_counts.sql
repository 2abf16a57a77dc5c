-- Counts of prediction logs, from which their figures are read; those of before are made from what
-- is stored. The text is that of store/log_counts.py.
CREATE TABLE log_counts (
    project VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    model_version VARCHAR NOT NULL,
    day DATE NOT NULL,
    segment VARCHAR NOT NULL,
    y_pred VARCHAR,
    y_true VARCHAR,
    n BIGINT NOT NULL,
    n_followed BIGINT NOT NULL,
    n_wrong BIGINT NOT NULL,
    n_numbers BIGINT NOT NULL,
    sum_error DOUBLE NOT NULL,
    sum_abs_error DOUBLE NOT NULL,
    sum_sq_error DOUBLE NOT NULL,
    sum_actual DOUBLE NOT NULL,
    sum_abs_actual DOUBLE NOT NULL,
    sum_sq_actual DOUBLE NOT NULL,
    sum_error_actual DOUBLE NOT NULL
);
INSERT INTO log_counts
WITH cases AS (
    SELECT p.project, p.model_id, p.model_version, CAST(p.ts AS DATE) AS day, p.segment,
           p.y_pred, p.y_pred_proba AS score, p.decision, COALESCE(own.y_true, shared.y_true, p.y_true) AS y_true
    FROM prediction_log_current p
    LEFT JOIN labels_current own ON own.project = p.project
        AND own.model_id = p.model_id AND own.prediction_id = p.prediction_id
    LEFT JOIN labels_current shared ON shared.project = p.project
        AND shared.model_id = '' AND shared.prediction_id = p.prediction_id
    WHERE TRUE
), pairs AS (
    SELECT project, model_id, model_version, day, segment, y_pred, y_true, COUNT(*) AS n,
           SUM(CASE WHEN decision = '' OR decision = y_pred THEN 1 ELSE 0 END) AS n_followed,
           TRY_CAST(y_pred AS DOUBLE) AS predicted, TRY_CAST(y_true AS DOUBLE) AS happened,
           CASE WHEN y_pred = '' OR y_true = '' THEN 0 ELSE 1 END AS is_judged
    FROM cases
    GROUP BY project, model_id, model_version, day, segment, y_pred, y_true
), judged AS (
    SELECT project, model_id, model_version, day, segment, y_pred, y_true, n, n_followed,
           CASE WHEN is_judged = 0 THEN 0
                WHEN predicted IS NULL OR happened IS NULL THEN
                    CASE WHEN y_pred <> y_true THEN n ELSE 0 END
                WHEN predicted <> happened THEN n ELSE 0 END AS n_wrong,
           CASE WHEN is_judged = 1 AND ABS(predicted - happened) <= 1.7976931348623157e308
                THEN n ELSE 0 END AS n_numbers,
           CASE WHEN is_judged = 1 AND ABS(predicted - happened) <= 1.7976931348623157e308
                THEN predicted - happened ELSE 0 END AS error,
           CASE WHEN is_judged = 1 AND ABS(predicted - happened) <= 1.7976931348623157e308
                THEN happened ELSE 0 END AS actual
    FROM pairs
), classes AS (
    SELECT project, model_id, model_version, day,
           CASE WHEN y_pred = '' THEN 0 ELSE 1 END AS has_class,
           COUNT(DISTINCT y_pred) AS n_predicted, COUNT(DISTINCT y_true) AS n_actual
    FROM pairs
    GROUP BY project, model_id, model_version, day, CASE WHEN y_pred = '' THEN 0 ELSE 1 END
), listed AS (
    SELECT j.project, j.model_id, j.model_version, j.day, j.segment,
           CASE WHEN j.y_pred = '' OR c.n_predicted <= 20 THEN j.y_pred END AS y_pred,
           CASE WHEN j.y_true = '' OR c.n_actual <= 20 THEN j.y_true END AS y_true,
           j.n, j.n_followed, j.n_wrong, j.n_numbers,
           j.n * j.error AS sum_error, j.n * ABS(j.error) AS sum_abs_error,
           j.n * j.error * j.error AS sum_sq_error, j.n * j.actual AS sum_actual,
           j.n * ABS(j.actual) AS sum_abs_actual, j.n * j.actual * j.actual AS sum_sq_actual,
           j.n * ABS(j.error * j.actual) AS sum_error_actual
    FROM judged j
    JOIN classes c ON c.project = j.project AND c.model_id = j.model_id
        AND c.model_version = j.model_version AND c.day = j.day
        AND c.has_class = CASE WHEN j.y_pred = '' THEN 0 ELSE 1 END
)
SELECT project, model_id, model_version, day, segment, y_pred, y_true,
       n, CAST(n_followed AS BIGINT) AS n_followed, n_wrong, n_numbers, sum_error, sum_abs_error,
       sum_sq_error, sum_actual, sum_abs_actual, sum_sq_actual, sum_error_actual
FROM listed
WHERE y_pred IS NOT NULL AND y_true IS NOT NULL
UNION ALL
SELECT project, model_id, model_version, day, segment, y_pred, y_true,
       CAST(SUM(n) AS BIGINT), CAST(SUM(n_followed) AS BIGINT),
       CAST(SUM(n_wrong) AS BIGINT), CAST(SUM(n_numbers) AS BIGINT),
       SUM(sum_error), SUM(sum_abs_error), SUM(sum_sq_error), SUM(sum_actual),
       SUM(sum_abs_actual), SUM(sum_sq_actual), SUM(sum_error_actual)
FROM listed
WHERE y_pred IS NULL OR y_true IS NULL
GROUP BY project, model_id, model_version, day, segment, y_pred, y_true;
CREATE VIEW log_counts_known AS
SELECT project, model_id, model_version, day, segment, y_pred, y_true, n, n_followed, n_wrong, n_numbers, sum_error, sum_abs_error, sum_sq_error, sum_actual, sum_abs_actual, sum_sq_actual, sum_error_actual FROM log_counts WHERE getvariable('known_until') IS NULL
UNION ALL
SELECT project, model_id, model_version, day, segment, y_pred, y_true, n, n_followed, n_wrong, n_numbers, sum_error, sum_abs_error, sum_sq_error, sum_actual, sum_abs_actual, sum_sq_actual, sum_error_actual FROM (
WITH cases AS (
    SELECT p.project, p.model_id, p.model_version, CAST(p.ts AS DATE) AS day, p.segment,
           p.y_pred, p.y_pred_proba AS score, p.decision, COALESCE(own.y_true, shared.y_true, p.y_true) AS y_true
    FROM prediction_log_current p
    LEFT JOIN labels_current own ON own.project = p.project
        AND own.model_id = p.model_id AND own.prediction_id = p.prediction_id
    LEFT JOIN labels_current shared ON shared.project = p.project
        AND shared.model_id = '' AND shared.prediction_id = p.prediction_id
    WHERE getvariable('known_until') IS NOT NULL
), pairs AS (
    SELECT project, model_id, model_version, day, segment, y_pred, y_true, COUNT(*) AS n,
           SUM(CASE WHEN decision = '' OR decision = y_pred THEN 1 ELSE 0 END) AS n_followed,
           TRY_CAST(y_pred AS DOUBLE) AS predicted, TRY_CAST(y_true AS DOUBLE) AS happened,
           CASE WHEN y_pred = '' OR y_true = '' THEN 0 ELSE 1 END AS is_judged
    FROM cases
    GROUP BY project, model_id, model_version, day, segment, y_pred, y_true
), judged AS (
    SELECT project, model_id, model_version, day, segment, y_pred, y_true, n, n_followed,
           CASE WHEN is_judged = 0 THEN 0
                WHEN predicted IS NULL OR happened IS NULL THEN
                    CASE WHEN y_pred <> y_true THEN n ELSE 0 END
                WHEN predicted <> happened THEN n ELSE 0 END AS n_wrong,
           CASE WHEN is_judged = 1 AND ABS(predicted - happened) <= 1.7976931348623157e308
                THEN n ELSE 0 END AS n_numbers,
           CASE WHEN is_judged = 1 AND ABS(predicted - happened) <= 1.7976931348623157e308
                THEN predicted - happened ELSE 0 END AS error,
           CASE WHEN is_judged = 1 AND ABS(predicted - happened) <= 1.7976931348623157e308
                THEN happened ELSE 0 END AS actual
    FROM pairs
), classes AS (
    SELECT project, model_id, model_version, day,
           CASE WHEN y_pred = '' THEN 0 ELSE 1 END AS has_class,
           COUNT(DISTINCT y_pred) AS n_predicted, COUNT(DISTINCT y_true) AS n_actual
    FROM pairs
    GROUP BY project, model_id, model_version, day, CASE WHEN y_pred = '' THEN 0 ELSE 1 END
), listed AS (
    SELECT j.project, j.model_id, j.model_version, j.day, j.segment,
           CASE WHEN j.y_pred = '' OR c.n_predicted <= 20 THEN j.y_pred END AS y_pred,
           CASE WHEN j.y_true = '' OR c.n_actual <= 20 THEN j.y_true END AS y_true,
           j.n, j.n_followed, j.n_wrong, j.n_numbers,
           j.n * j.error AS sum_error, j.n * ABS(j.error) AS sum_abs_error,
           j.n * j.error * j.error AS sum_sq_error, j.n * j.actual AS sum_actual,
           j.n * ABS(j.actual) AS sum_abs_actual, j.n * j.actual * j.actual AS sum_sq_actual,
           j.n * ABS(j.error * j.actual) AS sum_error_actual
    FROM judged j
    JOIN classes c ON c.project = j.project AND c.model_id = j.model_id
        AND c.model_version = j.model_version AND c.day = j.day
        AND c.has_class = CASE WHEN j.y_pred = '' THEN 0 ELSE 1 END
)
SELECT project, model_id, model_version, day, segment, y_pred, y_true,
       n, CAST(n_followed AS BIGINT) AS n_followed, n_wrong, n_numbers, sum_error, sum_abs_error,
       sum_sq_error, sum_actual, sum_abs_actual, sum_sq_actual, sum_error_actual
FROM listed
WHERE y_pred IS NOT NULL AND y_true IS NOT NULL
UNION ALL
SELECT project, model_id, model_version, day, segment, y_pred, y_true,
       CAST(SUM(n) AS BIGINT), CAST(SUM(n_followed) AS BIGINT),
       CAST(SUM(n_wrong) AS BIGINT), CAST(SUM(n_numbers) AS BIGINT),
       SUM(sum_error), SUM(sum_abs_error), SUM(sum_sq_error), SUM(sum_actual),
       SUM(sum_abs_actual), SUM(sum_sq_actual), SUM(sum_error_actual)
FROM listed
WHERE y_pred IS NULL OR y_true IS NULL
GROUP BY project, model_id, model_version, day, segment, y_pred, y_true
);
CREATE TABLE log_scores (
    project VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    model_version VARCHAR NOT NULL,
    day DATE NOT NULL,
    segment VARCHAR NOT NULL,
    score_bin INTEGER NOT NULL,
    y_true VARCHAR,
    n BIGINT NOT NULL,
    sum_p DOUBLE NOT NULL,
    sum_p2 DOUBLE NOT NULL,
    sum_p3 DOUBLE NOT NULL,
    sum_p4 DOUBLE NOT NULL
);
INSERT INTO log_scores
WITH cases AS (
    SELECT p.project, p.model_id, p.model_version, CAST(p.ts AS DATE) AS day, p.segment,
           p.y_pred, p.y_pred_proba AS score, p.decision, COALESCE(own.y_true, shared.y_true, p.y_true) AS y_true
    FROM prediction_log_current p
    LEFT JOIN labels_current own ON own.project = p.project
        AND own.model_id = p.model_id AND own.prediction_id = p.prediction_id
    LEFT JOIN labels_current shared ON shared.project = p.project
        AND shared.model_id = '' AND shared.prediction_id = p.prediction_id
    WHERE TRUE
), binned AS (
    SELECT project, model_id, model_version, day, segment, y_true, score,
           CASE WHEN score < 0 THEN -1
                WHEN score < 1 THEN CAST(FLOOR(FLOOR(score * 1000) / 10) AS INTEGER)
                WHEN score = 1 THEN 99 ELSE -1 END AS score_bin
    FROM cases
), bins AS (
    SELECT project, model_id, model_version, day, segment, score_bin,
           CASE WHEN score_bin >= 0 THEN y_true END AS y_true, COUNT(*) AS n,
           SUM(CASE WHEN score_bin >= 0 THEN score ELSE 0 END) AS sum_p,
           SUM(CASE WHEN score_bin >= 0 THEN score * score ELSE 0 END) AS sum_p2,
           SUM(CASE WHEN score_bin >= 0 THEN score * score * score ELSE 0 END) AS sum_p3,
           SUM(CASE WHEN score_bin >= 0 THEN score * score * score * score ELSE 0 END) AS sum_p4
    FROM binned
    GROUP BY project, model_id, model_version, day, segment, score_bin,
           CASE WHEN score_bin >= 0 THEN y_true END
), classes AS (
    SELECT project, model_id, model_version, day, COUNT(DISTINCT y_true) AS n_actual
    FROM bins
    GROUP BY project, model_id, model_version, day
), listed AS (
    SELECT b.project, b.model_id, b.model_version, b.day, b.segment, b.score_bin,
           CASE WHEN b.y_true = '' OR c.n_actual <= 20 THEN b.y_true END AS y_true,
           b.n, b.sum_p, b.sum_p2, b.sum_p3, b.sum_p4
    FROM bins b
    JOIN classes c ON c.project = b.project AND c.model_id = b.model_id
        AND c.model_version = b.model_version AND c.day = b.day
)
SELECT project, model_id, model_version, day, segment, score_bin, y_true,
       n, sum_p, sum_p2, sum_p3, sum_p4
FROM listed
WHERE y_true IS NOT NULL
UNION ALL
SELECT project, model_id, model_version, day, segment, score_bin, y_true,
       CAST(SUM(n) AS BIGINT), SUM(sum_p), SUM(sum_p2), SUM(sum_p3), SUM(sum_p4)
FROM listed
WHERE y_true IS NULL
GROUP BY project, model_id, model_version, day, segment, score_bin, y_true;
CREATE VIEW log_scores_known AS
SELECT project, model_id, model_version, day, segment, score_bin, y_true, n, sum_p, sum_p2, sum_p3, sum_p4 FROM log_scores WHERE getvariable('known_until') IS NULL
UNION ALL
SELECT project, model_id, model_version, day, segment, score_bin, y_true, n, sum_p, sum_p2, sum_p3, sum_p4 FROM (
WITH cases AS (
    SELECT p.project, p.model_id, p.model_version, CAST(p.ts AS DATE) AS day, p.segment,
           p.y_pred, p.y_pred_proba AS score, p.decision, COALESCE(own.y_true, shared.y_true, p.y_true) AS y_true
    FROM prediction_log_current p
    LEFT JOIN labels_current own ON own.project = p.project
        AND own.model_id = p.model_id AND own.prediction_id = p.prediction_id
    LEFT JOIN labels_current shared ON shared.project = p.project
        AND shared.model_id = '' AND shared.prediction_id = p.prediction_id
    WHERE getvariable('known_until') IS NOT NULL
), binned AS (
    SELECT project, model_id, model_version, day, segment, y_true, score,
           CASE WHEN score < 0 THEN -1
                WHEN score < 1 THEN CAST(FLOOR(FLOOR(score * 1000) / 10) AS INTEGER)
                WHEN score = 1 THEN 99 ELSE -1 END AS score_bin
    FROM cases
), bins AS (
    SELECT project, model_id, model_version, day, segment, score_bin,
           CASE WHEN score_bin >= 0 THEN y_true END AS y_true, COUNT(*) AS n,
           SUM(CASE WHEN score_bin >= 0 THEN score ELSE 0 END) AS sum_p,
           SUM(CASE WHEN score_bin >= 0 THEN score * score ELSE 0 END) AS sum_p2,
           SUM(CASE WHEN score_bin >= 0 THEN score * score * score ELSE 0 END) AS sum_p3,
           SUM(CASE WHEN score_bin >= 0 THEN score * score * score * score ELSE 0 END) AS sum_p4
    FROM binned
    GROUP BY project, model_id, model_version, day, segment, score_bin,
           CASE WHEN score_bin >= 0 THEN y_true END
), classes AS (
    SELECT project, model_id, model_version, day, COUNT(DISTINCT y_true) AS n_actual
    FROM bins
    GROUP BY project, model_id, model_version, day
), listed AS (
    SELECT b.project, b.model_id, b.model_version, b.day, b.segment, b.score_bin,
           CASE WHEN b.y_true = '' OR c.n_actual <= 20 THEN b.y_true END AS y_true,
           b.n, b.sum_p, b.sum_p2, b.sum_p3, b.sum_p4
    FROM bins b
    JOIN classes c ON c.project = b.project AND c.model_id = b.model_id
        AND c.model_version = b.model_version AND c.day = b.day
)
SELECT project, model_id, model_version, day, segment, score_bin, y_true,
       n, sum_p, sum_p2, sum_p3, sum_p4
FROM listed
WHERE y_true IS NOT NULL
UNION ALL
SELECT project, model_id, model_version, day, segment, score_bin, y_true,
       CAST(SUM(n) AS BIGINT), SUM(sum_p), SUM(sum_p2), SUM(sum_p3), SUM(sum_p4)
FROM listed
WHERE y_true IS NULL
GROUP BY project, model_id, model_version, day, segment, score_bin, y_true
);
