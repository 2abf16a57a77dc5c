-- The usual size of each KPI of a project, over all that was measured of it for all cases.
-- params:  $project VARCHAR
-- returns: kpi_id VARCHAR, size DOUBLE
SELECT kpi_id, median(abs(value)) AS size
FROM kpi_actuals_current
WHERE project = $project AND "group" = 'all' AND value <> 0
GROUP BY kpi_id
ORDER BY kpi_id
