-- Models of a project that results, predictions, incidents or costs name and no record describes.
-- params:  $project VARCHAR
-- returns: model_id VARCHAR
SELECT model_id FROM metric_results_current WHERE project = $project
UNION SELECT model_id FROM prediction_log_current WHERE project = $project
UNION SELECT model_id FROM incident_log_current WHERE project = $project
UNION SELECT model_id FROM cost_log_current WHERE project = $project
EXCEPT SELECT model_id FROM models_current WHERE project = $project
ORDER BY model_id
