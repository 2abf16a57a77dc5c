-- What happened afterwards gets its tables, and every view can show what was known at a moment:
-- a cursor that sets the variable known_until sees the batches up to that number.
CREATE VIEW batches_known AS SELECT * FROM batches
WHERE seq <= coalesce(CAST(getvariable('known_until') AS BIGINT), 9223372036854775807);
CREATE VIEW batches_in_force AS SELECT * FROM batches_known
WHERE seq NOT IN (SELECT undoes FROM batches_known WHERE undoes IS NOT NULL);
CREATE TABLE "labels" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "prediction_id" VARCHAR NOT NULL,
    "y_true" VARCHAR NOT NULL,
    "label_ts" TIMESTAMP,
    "model_id" VARCHAR NOT NULL,
    "outcome_value" DOUBLE CHECK (isfinite("outcome_value")),
    "note" VARCHAR NOT NULL
);
CREATE TABLE "incident_log" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "incident_id" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "started_at" TIMESTAMP NOT NULL,
    "severity" VARCHAR NOT NULL,
    "status" VARCHAR NOT NULL,
    "detected_at" TIMESTAMP,
    "acknowledged_at" TIMESTAMP,
    "mitigated_at" TIMESTAMP,
    "resolved_at" TIMESTAMP,
    "detected_by" VARCHAR NOT NULL,
    "root_cause" VARCHAR NOT NULL,
    "model_version" VARCHAR NOT NULL,
    "slice_key" VARCHAR NOT NULL,
    "slice_value" VARCHAR NOT NULL,
    "est_loss" DOUBLE CHECK (isfinite("est_loss")),
    "realised_loss" DOUBLE CHECK (isfinite("realised_loss")),
    "currency" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    "action" VARCHAR NOT NULL,
    "linked_alert_ids" VARCHAR NOT NULL,
    "postmortem_url" VARCHAR NOT NULL
);
CREATE TABLE "cost_log" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "period_start" DATE NOT NULL,
    "period_end" DATE NOT NULL,
    "cost_type" VARCHAR NOT NULL,
    "amount" DOUBLE NOT NULL CHECK (isfinite("amount")),
    "currency" VARCHAR NOT NULL,
    "item" VARCHAR NOT NULL,
    "is_estimate" BOOLEAN NOT NULL,
    "note" VARCHAR NOT NULL
);
CREATE TABLE "kpi_actuals" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "kpi_id" VARCHAR NOT NULL,
    "period_start" TIMESTAMP NOT NULL,
    "value" DOUBLE NOT NULL CHECK (isfinite("value")),
    "granularity" VARCHAR NOT NULL,
    "group" VARCHAR NOT NULL,
    "n" BIGINT CHECK ("n" >= 0),
    "sum" DOUBLE CHECK (isfinite("sum")),
    "sum_sq" DOUBLE CHECK ("sum_sq" >= 0 AND isfinite("sum_sq")),
    "source" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL
);
DROP VIEW "projects_current";
CREATE VIEW "projects_current" AS
SELECT * FROM "projects"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "stakeholders_current";
CREATE VIEW "stakeholders_current" AS
SELECT * FROM "stakeholders"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "stakeholder_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "findings_current";
CREATE VIEW "findings_current" AS
SELECT * FROM "findings"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "finding_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "models_current";
CREATE VIEW "models_current" AS
SELECT * FROM "models"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "mechanisms_current";
CREATE VIEW "mechanisms_current" AS
SELECT * FROM "mechanisms"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "mechanism_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "kpis_current";
CREATE VIEW "kpis_current" AS
SELECT * FROM "kpis"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "kpi_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "value_cases_current";
CREATE VIEW "value_cases_current" AS
SELECT * FROM "value_cases"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "quantities_current";
CREATE VIEW "quantities_current" AS
SELECT * FROM "quantities"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id", "name" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "deployments_current";
CREATE VIEW "deployments_current" AS
SELECT * FROM "deployments"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "deployment_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "promises_current";
CREATE VIEW "promises_current" AS
SELECT * FROM "promises"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "promise_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "metric_limits_current";
CREATE VIEW "metric_limits_current" AS
SELECT * FROM "metric_limits"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "deployment_id", "metric" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "metric_results_current";
CREATE VIEW "metric_results_current" AS
SELECT * FROM "metric_results"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "model_version", "metric", "slice_key", "slice_value", "period_start", "granularity", "source" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "prediction_log_current";
CREATE VIEW "prediction_log_current" AS
SELECT * FROM "prediction_log"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "prediction_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE VIEW "labels_current" AS
SELECT * FROM "labels"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "prediction_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE VIEW "incident_log_current" AS
SELECT * FROM "incident_log"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "incident_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE VIEW "cost_log_current" AS
SELECT * FROM "cost_log"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "period_start", "period_end", "cost_type", "item", "is_estimate" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE VIEW "kpi_actuals_current" AS
SELECT * FROM "kpi_actuals"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "kpi_id", "period_start", "granularity", "group" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "estimates_current";
CREATE VIEW "estimates_current" AS
SELECT * FROM "estimates"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "estimate_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "evaluations_current";
CREATE VIEW "evaluations_current" AS
SELECT * FROM "evaluations"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id", "candidate", "metric", "test_set" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "decisions_current";
CREATE VIEW "decisions_current" AS
SELECT * FROM "decisions"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "decision_id" ORDER BY batch_seq DESC, line DESC) = 1;
