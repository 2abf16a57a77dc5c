-- KPIs of a project as they were measured over all cases, with the batch each came in; oldest first.
-- params:  $project VARCHAR
-- returns: kpi_id VARCHAR, period_start TIMESTAMP, granularity VARCHAR, value DOUBLE, n BIGINT, total DOUBLE, squares DOUBLE, source VARCHAR, batch VARCHAR, received_at TIMESTAMP
SELECT m.kpi_id, m.period_start, m.granularity, m.value, m.n, m.sum AS total, m.sum_sq AS squares,
       m.source, b.batch, b.received_at
FROM kpi_actuals_current m
JOIN batches b ON b.seq = m.batch_seq
WHERE m.project = $project AND m."group" = 'all'
ORDER BY m.period_start, m.granularity, m.kpi_id
