-- The usual size of each metric of some models of a project, over all their results of all cases.
-- params:  $project VARCHAR, $model_ids VARCHAR[]
-- returns: model_id VARCHAR, metric VARCHAR, size DOUBLE
SELECT model_id, metric, median(abs(value)) AS size
FROM metric_results_current
WHERE project = $project AND list_contains($model_ids, model_id) AND slice_key = '' AND value <> 0
GROUP BY model_id, metric
ORDER BY model_id, metric
