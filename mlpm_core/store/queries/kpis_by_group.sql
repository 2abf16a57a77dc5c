-- The KPIs of a project as the business measured them for those a model treated and those held out.
-- params:  $project VARCHAR, $until TIMESTAMP
-- returns: kpi_id VARCHAR, period_start TIMESTAMP, granularity VARCHAR, group VARCHAR, value DOUBLE, n BIGINT, sum DOUBLE, sum_sq DOUBLE, batch VARCHAR
SELECT k.kpi_id, k.period_start, k.granularity, k."group", k.value, k.n, k."sum", k.sum_sq, b.batch
FROM kpi_actuals_current k
JOIN batches b ON b.seq = k.batch_seq
WHERE k.project = $project AND k."group" IN ('treated', 'holdout') AND k.period_start < $until
ORDER BY k.kpi_id, k.period_start, k.granularity, k."group"
