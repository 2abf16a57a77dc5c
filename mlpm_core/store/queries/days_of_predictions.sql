-- The days and models whose predictions a batch changes: those of its own rows, and those on which
-- another version of one of them stands.
-- params:  $seq BIGINT
-- returns: project VARCHAR, model_id VARCHAR, day DATE
SELECT project, model_id, CAST(ts AS DATE) AS day FROM prediction_log WHERE batch_seq = $seq
UNION
SELECT p.project, p.model_id, CAST(p.ts AS DATE)
FROM prediction_log p
SEMI JOIN (SELECT project, model_id, prediction_id FROM prediction_log WHERE batch_seq = $seq) own
    USING (project, model_id, prediction_id)
WHERE p.batch_seq <> $seq
