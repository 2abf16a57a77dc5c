-- What a day of a prediction log has in its bins is one row, which lists them: a text beside every bin
-- is most of what laying them down costs. The text is that of store/log_counts.py.
DROP VIEW log_scores_known;
ALTER TABLE log_scores RENAME TO log_scores_before;
CREATE TABLE log_scores (
    project VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    model_version VARCHAR NOT NULL,
    day DATE NOT NULL,
    segment VARCHAR NOT NULL,
    y_true VARCHAR,
    bins STRUCT(score_bin INTEGER, n BIGINT, sum_p DOUBLE, sum_p2 DOUBLE, sum_p3 DOUBLE, sum_p4 DOUBLE)[] NOT NULL
);
INSERT INTO log_scores BY NAME
SELECT project, model_id, model_version, day, segment, y_true, list_sort(list({'score_bin': score_bin, 'n': n, 'sum_p': sum_p, 'sum_p2': sum_p2, 'sum_p3': sum_p3, 'sum_p4': sum_p4})) AS bins FROM (SELECT * FROM log_scores_before) GROUP BY project, model_id, model_version, day, segment, y_true;
DROP TABLE log_scores_before;
CREATE VIEW log_scores_known AS
SELECT project, model_id, model_version, day, segment, score_bin, y_true, n, sum_p, sum_p2, sum_p3, sum_p4 FROM (SELECT project, model_id, model_version, day, segment, bin.score_bin, y_true, bin.n, bin.sum_p, bin.sum_p2, bin.sum_p3, bin.sum_p4 FROM (SELECT project, model_id, model_version, day, segment, y_true, unnest(bins) AS bin FROM log_scores)) WHERE getvariable('known_until') IS NULL
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
