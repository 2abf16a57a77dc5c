-- The monitoring results of a model by slice, oldest first. An empty
-- $model_version takes every version; $also_source is a source beside production.
-- params:  $project VARCHAR, $model_id VARCHAR, $model_version VARCHAR, $also_source VARCHAR
-- returns: slice_key VARCHAR, slice_value VARCHAR, metric VARCHAR, period_start TIMESTAMP, granularity VARCHAR, value DOUBLE, n BIGINT, unit VARCHAR
SELECT slice_key, slice_value, metric, period_start, granularity, value, n, unit
FROM metric_results_current
WHERE project = $project AND model_id = $model_id
  AND ($model_version = '' OR model_version = $model_version)
  AND slice_key <> '' AND source IN ('', 'production', $also_source)
ORDER BY period_start, slice_key, slice_value, metric, source = $also_source, model_version, source
