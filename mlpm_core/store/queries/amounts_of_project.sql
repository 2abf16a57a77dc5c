-- How many records of a project hold an amount that says no currency, so that it is the project's.
-- params:  $project VARCHAR
-- returns: costs BIGINT, incidents BIGINT, labels BIGINT, estimates BIGINT, contracts BIGINT, clauses BIGINT, support_plans BIGINT, sourcing BIGINT, labelling BIGINT, campaigns BIGINT, roles BIGINT, tasks BIGINT, risks BIGINT, snapshots BIGINT, told BIGINT
SELECT
    (SELECT count(*) FROM cost_log_current
     WHERE project = $project AND currency = '') AS costs,
    (SELECT count(*) FROM incident_log_current
     WHERE project = $project AND currency = ''
       AND (est_loss IS NOT NULL OR realised_loss IS NOT NULL)) AS incidents,
    (SELECT count(*) FROM labels_current
     WHERE project = $project AND outcome_value IS NOT NULL) AS labels,
    (SELECT count(*) FROM estimates_current
     WHERE project = $project AND day_rate > 0 AND NOT archived) AS estimates,
    (SELECT count(*) FROM contracts_current
     WHERE project = $project
       AND coalesce(amount, fee_per_year, hour_rate, call_out_fee) IS NOT NULL) AS contracts,
    (SELECT count(*) FROM contract_clauses_current
     WHERE project = $project AND price > 0) AS clauses,
    (SELECT count(*) FROM support_plans_current
     WHERE project = $project AND NOT archived) AS support_plans,
    (SELECT count(*) FROM sourcing_current
     WHERE project = $project AND NOT archived) AS sourcing,
    (SELECT count(*) FROM annotation_plans_current
     WHERE project = $project AND day_rate > 0 AND NOT archived) AS labelling,
    (SELECT count(*) FROM compute_campaigns_current
     WHERE project = $project AND gpu_hour_rate > 0 AND NOT archived) AS campaigns,
    (SELECT count(*) FROM roles_current
     WHERE project = $project AND day_rate > 0 AND NOT archived) AS roles,
    (SELECT count(*) FROM tasks_current
     WHERE project = $project AND fixed_cost > 0 AND NOT archived) AS tasks,
    (SELECT count(*) FROM risks_current
     WHERE project = $project AND (day_rate > 0 OR fixed_cost > 0) AND NOT archived) AS risks,
    (SELECT count(*) FROM estimate_snapshots_current
     WHERE project = $project AND cost_p50 IS NOT NULL) AS snapshots,
    (SELECT count(*) FROM delivery_promises_current
     WHERE project = $project
       AND (promised_cost IS NOT NULL OR delivered_cost IS NOT NULL)) AS told
