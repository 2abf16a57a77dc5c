-- What a project answered about its files of a kind that are in force, newest first.
-- params:  $project VARCHAR, $kind VARCHAR
-- returns: batch VARCHAR, answers VARCHAR, shape VARCHAR
SELECT batch, CAST(CAST(notes AS JSON) -> 'answers' AS VARCHAR) AS answers,
  coalesce(CAST(notes AS JSON) ->> 'shape', '') AS shape
FROM batches_in_force
WHERE project = $project AND kind = $kind AND undoes IS NULL
  AND json_array_length(CAST(notes AS JSON) -> 'answers') > 0
ORDER BY seq DESC
