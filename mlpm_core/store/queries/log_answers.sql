-- What was answered of prediction logs that are in force, such as the threshold in use, newest first.
-- Takes many questions at once, the parameters of which stand in lists; question counts them from 1.
-- params:  $project VARCHAR[]
-- returns: question BIGINT, batch VARCHAR, answers VARCHAR
WITH asked AS (
    SELECT unnest(range(1, len($project) + 1)) AS question, unnest($project) AS project
)
SELECT a.question, b.batch, CAST(CAST(b.notes AS JSON) -> 'answers' AS VARCHAR) AS answers
FROM batches_in_force b
JOIN asked a ON a.project = b.project
WHERE b.kind = 'prediction_log' AND b.undoes IS NULL
  AND (contains(b.notes, 'thresholds.') OR contains(b.notes, 'positives.'))
ORDER BY b.seq DESC
