-- A project's KPIs of single units of a staggered roll-out, with the batch each value came in.
-- params:  $project VARCHAR, $until TIMESTAMP
-- returns: kpi_id VARCHAR, unit_id VARCHAR, period_start TIMESTAMP, granularity VARCHAR, value DOUBLE, live_on DATE, batch VARCHAR, received_at TIMESTAMP
SELECT r.kpi_id, r.unit_id, r.period_start, r.granularity, r.value, r.live_on, b.batch, b.received_at
FROM rollout_results_current r
JOIN batches b ON b.seq = r.batch_seq
WHERE r.project = $project AND r.period_start < $until
ORDER BY r.kpi_id, r.unit_id, r.period_start, r.granularity
