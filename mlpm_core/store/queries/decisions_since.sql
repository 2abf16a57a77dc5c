-- Decisions on value cases that a batch describes, or of which it holds evaluations, taken after it.
-- params:  $project VARCHAR, $seq BIGINT
-- returns: decision_id VARCHAR, batch VARCHAR
SELECT d.decision_id, b.batch
FROM decisions_current d
JOIN batches b ON b.seq = d.batch_seq
WHERE d.project = $project AND d.batch_seq > $seq
  AND d.value_case_id IN (
    SELECT value_case_id FROM evaluations WHERE batch_seq = $seq AND project = $project
    UNION SELECT value_case_id FROM value_cases WHERE batch_seq = $seq AND project = $project)
ORDER BY d.decision_id
