-- Hours that a value case's model freed and where they went, with the batch each period came in.
-- params:  $project VARCHAR, $value_case_id VARCHAR
-- returns: period_start TIMESTAMP, granularity VARCHAR, freed DOUBLE, backlog DOUBLE, overtime DOUBLE, staffing DOUBLE, elsewhere DOUBLE, source VARCHAR, batch VARCHAR, received_at TIMESTAMP
SELECT h.period_start, h.granularity, h.freed, h.backlog, h.overtime, h.staffing, h.elsewhere,
       h.source, b.batch, b.received_at
FROM freed_hours_current h
JOIN batches b ON b.seq = h.batch_seq
WHERE h.project = $project AND h.value_case_id = $value_case_id
ORDER BY h.period_start, h.granularity
