-- What was spent on the models of a project, or of every one where $project is empty, on any day from
-- $since to before $until; oldest first.
-- params:  $project VARCHAR, $since DATE, $until DATE
-- returns: project VARCHAR, model_id VARCHAR, cost_type VARCHAR, item VARCHAR, period_start DATE, period_end DATE, amount DOUBLE, currency VARCHAR, is_estimate BOOLEAN
SELECT project, model_id, cost_type, item, period_start, period_end, amount, currency, is_estimate
FROM cost_log_current
WHERE ($project = '' OR project = $project) AND period_end >= $since AND period_start < $until
ORDER BY project, model_id, period_start, period_end, cost_type, item, is_estimate
