-- The classes that the logs of a project's models hold, where they are few enough to be listed.
-- params:  $project VARCHAR
-- returns: model_id VARCHAR, class VARCHAR
SELECT DISTINCT model_id, y_pred AS class FROM log_counts_known WHERE project = $project AND y_pred <> ''
UNION
SELECT DISTINCT model_id, y_true AS class FROM log_counts_known WHERE project = $project AND y_true <> ''
