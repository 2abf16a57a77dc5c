-- How many records of a project hold an amount that says no currency, so that it is the project's.
-- params:  $project VARCHAR
-- returns: costs BIGINT, incidents BIGINT, labels BIGINT, estimates BIGINT
SELECT
    (SELECT count(*) FROM cost_log_current
     WHERE project = $project AND currency = '') AS costs,
    (SELECT count(*) FROM incident_log_current
     WHERE project = $project AND currency = ''
       AND (est_loss IS NOT NULL OR realised_loss IS NOT NULL)) AS incidents,
    (SELECT count(*) FROM labels_current
     WHERE project = $project AND outcome_value IS NOT NULL) AS labels,
    (SELECT count(*) FROM estimates_current
     WHERE project = $project AND day_rate > 0 AND NOT archived) AS estimates
