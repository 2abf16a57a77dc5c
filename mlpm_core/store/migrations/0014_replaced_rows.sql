-- Every row tells the batch that replaced it, so that what holds now is read without a window over
-- all versions; the past is read as before. The tables are made anew: DuckDB 1.5 cannot read a log
-- back in which a column was added to a table whose checks call functions.
DROP VIEW "projects_current";
ALTER TABLE "projects" RENAME TO "projects_before";
CREATE TABLE "projects" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "question" VARCHAR NOT NULL,
    "currency" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    "clock_on" DATE,
    "is_demo" BOOLEAN NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "projects" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "projects_before")
ORDER BY batch_seq, line;
DROP TABLE "projects_before";
CREATE VIEW "projects_current" AS
SELECT * FROM "projects"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "projects"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "stakeholders_current";
ALTER TABLE "stakeholders" RENAME TO "stakeholders_before";
CREATE TABLE "stakeholders" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "stakeholder_id" VARCHAR NOT NULL,
    "name" VARCHAR NOT NULL,
    "influence" BIGINT NOT NULL CHECK ("influence" >= 1 AND "influence" <= 5),
    "interest" BIGINT NOT NULL CHECK ("interest" >= 1 AND "interest" <= 5),
    "role" VARCHAR NOT NULL,
    "wants" VARCHAR NOT NULL,
    "has_veto" BOOLEAN NOT NULL,
    "revenue" DOUBLE NOT NULL CHECK ("revenue" >= 0 AND "revenue" <= 1000 AND isfinite("revenue")),
    "cost_saving" DOUBLE NOT NULL CHECK ("cost_saving" >= 0 AND "cost_saving" <= 1000 AND isfinite("cost_saving")),
    "cycle_time" DOUBLE NOT NULL CHECK ("cycle_time" >= 0 AND "cycle_time" <= 1000 AND isfinite("cycle_time")),
    "people_intensity" DOUBLE NOT NULL CHECK ("people_intensity" >= 0 AND "people_intensity" <= 1000 AND isfinite("people_intensity")),
    "customer_experience" DOUBLE NOT NULL CHECK ("customer_experience" >= 0 AND "customer_experience" <= 1000 AND isfinite("customer_experience")),
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "stakeholders" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "stakeholder_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "stakeholders_before")
ORDER BY batch_seq, line;
DROP TABLE "stakeholders_before";
CREATE VIEW "stakeholders_current" AS
SELECT * FROM "stakeholders"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "stakeholders"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "stakeholder_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "findings_current";
ALTER TABLE "findings" RENAME TO "findings_before";
CREATE TABLE "findings" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "finding_id" VARCHAR NOT NULL,
    "area" VARCHAR NOT NULL,
    "statement" VARCHAR NOT NULL,
    "confidence" VARCHAR NOT NULL,
    "is_blocker" BOOLEAN NOT NULL,
    "owner" VARCHAR NOT NULL,
    "due_on" DATE,
    "found_on" DATE,
    "evidence" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "findings" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "finding_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "findings_before")
ORDER BY batch_seq, line;
DROP TABLE "findings_before";
CREATE VIEW "findings_current" AS
SELECT * FROM "findings"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "findings"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "finding_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "models_current";
ALTER TABLE "models" RENAME TO "models_before";
CREATE TABLE "models" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "purpose" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "models" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "model_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "models_before")
ORDER BY batch_seq, line;
DROP TABLE "models_before";
CREATE VIEW "models_current" AS
SELECT * FROM "models"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "models"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "mechanisms_current";
ALTER TABLE "mechanisms" RENAME TO "mechanisms_before";
CREATE TABLE "mechanisms" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "mechanism_id" VARCHAR NOT NULL,
    "definition" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "mechanisms" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "mechanism_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "mechanisms_before")
ORDER BY batch_seq, line;
DROP TABLE "mechanisms_before";
CREATE VIEW "mechanisms_current" AS
SELECT * FROM "mechanisms"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "mechanisms"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "mechanism_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "kpis_current";
ALTER TABLE "kpis" RENAME TO "kpis_before";
CREATE TABLE "kpis" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "kpi_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "dimension" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "unit" VARCHAR NOT NULL,
    "direction" VARCHAR NOT NULL,
    "baseline" DOUBLE CHECK (isfinite("baseline")),
    "target" DOUBLE CHECK (isfinite("target")),
    "target_on" DATE,
    "definition" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    "stands_for" VARCHAR NOT NULL,
    "agreed_by" VARCHAR NOT NULL,
    "agreed_on" DATE,
    "expires_on" DATE,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "kpis" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "kpi_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "kpis_before")
ORDER BY batch_seq, line;
DROP TABLE "kpis_before";
CREATE VIEW "kpis_current" AS
SELECT * FROM "kpis"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "kpis"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "kpi_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "value_cases_current";
ALTER TABLE "value_cases" RENAME TO "value_cases_before";
CREATE TABLE "value_cases" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "mechanism" VARCHAR NOT NULL,
    "baseline" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "value_cases" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "value_case_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "value_cases_before")
ORDER BY batch_seq, line;
DROP TABLE "value_cases_before";
CREATE VIEW "value_cases_current" AS
SELECT * FROM "value_cases"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "value_cases"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "quantities_current";
ALTER TABLE "quantities" RENAME TO "quantities_before";
CREATE TABLE "quantities" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "name" VARCHAR NOT NULL,
    "written" VARCHAR NOT NULL,
    "source" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "quantities" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "value_case_id", "name", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "quantities_before")
ORDER BY batch_seq, line;
DROP TABLE "quantities_before";
CREATE VIEW "quantities_current" AS
SELECT * FROM "quantities"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "quantities"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id", "name" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "deployments_current";
ALTER TABLE "deployments" RENAME TO "deployments_before";
CREATE TABLE "deployments" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "deployment_id" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "model_version" VARCHAR NOT NULL,
    "slot" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "from_on" DATE NOT NULL,
    "to_on" DATE,
    "fresh_within_days" BIGINT NOT NULL CHECK ("fresh_within_days" >= 1 AND "fresh_within_days" <= 3650),
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "deployments" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "deployment_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "deployments_before")
ORDER BY batch_seq, line;
DROP TABLE "deployments_before";
CREATE VIEW "deployments_current" AS
SELECT * FROM "deployments"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "deployments"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "deployment_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "promises_current";
ALTER TABLE "promises" RENAME TO "promises_before";
CREATE TABLE "promises" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "promise_id" VARCHAR NOT NULL,
    "kpi_id" VARCHAR NOT NULL,
    "promised" DOUBLE NOT NULL CHECK (isfinite("promised")),
    "promised_for_on" DATE NOT NULL,
    "made_on" DATE NOT NULL,
    "made_to" VARCHAR NOT NULL,
    "confidence" DOUBLE CHECK ("confidence" >= 0 AND "confidence" <= 1 AND isfinite("confidence")),
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "promises" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "promise_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "promises_before")
ORDER BY batch_seq, line;
DROP TABLE "promises_before";
CREATE VIEW "promises_current" AS
SELECT * FROM "promises"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "promises"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "promise_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "metric_limits_current";
ALTER TABLE "metric_limits" RENAME TO "metric_limits_before";
CREATE TABLE "metric_limits" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "deployment_id" VARCHAR NOT NULL,
    "metric" VARCHAR NOT NULL,
    "low" DOUBLE CHECK (isfinite("low")),
    "high" DOUBLE CHECK (isfinite("high")),
    "breach" VARCHAR NOT NULL,
    "why" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "metric_limits" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "deployment_id", "metric", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "metric_limits_before")
ORDER BY batch_seq, line;
DROP TABLE "metric_limits_before";
CREATE VIEW "metric_limits_current" AS
SELECT * FROM "metric_limits"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "metric_limits"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "deployment_id", "metric" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "metric_results_current";
ALTER TABLE "metric_results" RENAME TO "metric_results_before";
CREATE TABLE "metric_results" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "metric" VARCHAR NOT NULL,
    "period_start" TIMESTAMP NOT NULL,
    "value" DOUBLE NOT NULL CHECK (isfinite("value")),
    "model_version" VARCHAR NOT NULL,
    "granularity" VARCHAR NOT NULL,
    "n" BIGINT CHECK ("n" >= 0),
    "value_se" DOUBLE CHECK ("value_se" >= 0 AND isfinite("value_se")),
    "ci_low" DOUBLE CHECK (isfinite("ci_low")),
    "ci_high" DOUBLE CHECK (isfinite("ci_high")),
    "ci_level" DOUBLE CHECK ("ci_level" >= 0.5 AND "ci_level" <= 1 AND isfinite("ci_level")),
    "numerator" DOUBLE CHECK ("numerator" >= 0 AND isfinite("numerator")),
    "denominator" DOUBLE CHECK ("denominator" >= 0 AND isfinite("denominator")),
    "slice_key" VARCHAR NOT NULL,
    "slice_value" VARCHAR NOT NULL,
    "source" VARCHAR NOT NULL,
    "label_status" VARCHAR NOT NULL,
    "labelled_share" DOUBLE CHECK ("labelled_share" >= 0 AND "labelled_share" <= 1 AND isfinite("labelled_share")),
    "unit" VARCHAR NOT NULL,
    "run_id" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "metric_results" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "model_id", "model_version", "metric", "slice_key", "slice_value", "period_start", "granularity", "source", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "metric_results_before")
ORDER BY batch_seq, line;
DROP TABLE "metric_results_before";
CREATE VIEW "metric_results_current" AS
SELECT * FROM "metric_results"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "metric_results"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "model_version", "metric", "slice_key", "slice_value", "period_start", "granularity", "source" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "prediction_log_current";
ALTER TABLE "prediction_log" RENAME TO "prediction_log_before";
CREATE TABLE "prediction_log" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "prediction_id" VARCHAR NOT NULL,
    "ts" TIMESTAMP NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "y_pred" VARCHAR NOT NULL,
    "y_pred_proba" DOUBLE CHECK ("y_pred_proba" >= 0 AND "y_pred_proba" <= 1 AND isfinite("y_pred_proba")),
    "y_true" VARCHAR NOT NULL,
    "decision" VARCHAR NOT NULL,
    "model_version" VARCHAR NOT NULL,
    "segment" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "prediction_log" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "model_id", "prediction_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "prediction_log_before")
ORDER BY batch_seq, line;
DROP TABLE "prediction_log_before";
CREATE VIEW "prediction_log_current" AS
SELECT * FROM "prediction_log"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "prediction_log"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "prediction_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "labels_current";
ALTER TABLE "labels" RENAME TO "labels_before";
CREATE TABLE "labels" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "prediction_id" VARCHAR NOT NULL,
    "y_true" VARCHAR NOT NULL,
    "label_ts" TIMESTAMP,
    "model_id" VARCHAR NOT NULL,
    "outcome_value" DOUBLE CHECK (isfinite("outcome_value")),
    "note" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "labels" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "model_id", "prediction_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "labels_before")
ORDER BY batch_seq, line;
DROP TABLE "labels_before";
CREATE VIEW "labels_current" AS
SELECT * FROM "labels"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "labels"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "prediction_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "incident_log_current";
ALTER TABLE "incident_log" RENAME TO "incident_log_before";
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
    "postmortem_url" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "incident_log" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "incident_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "incident_log_before")
ORDER BY batch_seq, line;
DROP TABLE "incident_log_before";
CREATE VIEW "incident_log_current" AS
SELECT * FROM "incident_log"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "incident_log"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "incident_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "cost_log_current";
ALTER TABLE "cost_log" RENAME TO "cost_log_before";
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
    "note" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "cost_log" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "model_id", "period_start", "period_end", "cost_type", "item", "is_estimate", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "cost_log_before")
ORDER BY batch_seq, line;
DROP TABLE "cost_log_before";
CREATE VIEW "cost_log_current" AS
SELECT * FROM "cost_log"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "cost_log"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "period_start", "period_end", "cost_type", "item", "is_estimate" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "kpi_actuals_current";
ALTER TABLE "kpi_actuals" RENAME TO "kpi_actuals_before";
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
    "note" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "kpi_actuals" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "kpi_id", "period_start", "granularity", "group", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "kpi_actuals_before")
ORDER BY batch_seq, line;
DROP TABLE "kpi_actuals_before";
CREATE VIEW "kpi_actuals_current" AS
SELECT * FROM "kpi_actuals"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "kpi_actuals"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "kpi_id", "period_start", "granularity", "group" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "estimates_current";
ALTER TABLE "estimates" RENAME TO "estimates_before";
CREATE TABLE "estimates" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "estimate_id" VARCHAR NOT NULL,
    "raw_days" DOUBLE NOT NULL CHECK ("raw_days" >= 0.1 AND "raw_days" <= 10000 AND isfinite("raw_days")),
    "day_rate" DOUBLE NOT NULL CHECK ("day_rate" >= 0 AND "day_rate" <= 1e+06 AND isfinite("day_rate")),
    "p_success" DOUBLE NOT NULL CHECK ("p_success" >= 0 AND "p_success" <= 1 AND isfinite("p_success")),
    "title" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "max_cycles" BIGINT NOT NULL CHECK ("max_cycles" >= 1 AND "max_cycles" <= 100),
    "n_models" BIGINT NOT NULL CHECK ("n_models" >= 1 AND "n_models" <= 1000),
    "loop_share" DOUBLE NOT NULL CHECK ("loop_share" >= 0 AND "loop_share" <= 1 AND isfinite("loop_share")),
    "repeat_share" DOUBLE NOT NULL CHECK ("repeat_share" >= 0 AND "repeat_share" <= 1 AND isfinite("repeat_share")),
    "stop_point_days" DOUBLE CHECK ("stop_point_days" >= 0.1 AND "stop_point_days" <= 10000 AND isfinite("stop_point_days")),
    "data_complex" VARCHAR NOT NULL,
    "data_big" VARCHAR NOT NULL,
    "platform_complex" VARCHAR NOT NULL,
    "data_dirty" VARCHAR NOT NULL,
    "ethics_privacy" VARCHAR NOT NULL,
    "unstructured" VARCHAR NOT NULL,
    "eval_complicated" VARCHAR NOT NULL,
    "documentation" VARCHAR NOT NULL,
    "made_by" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "estimates" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "estimate_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "estimates_before")
ORDER BY batch_seq, line;
DROP TABLE "estimates_before";
CREATE VIEW "estimates_current" AS
SELECT * FROM "estimates"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "estimates"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "estimate_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "evaluations_current";
ALTER TABLE "evaluations" RENAME TO "evaluations_before";
CREATE TABLE "evaluations" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "candidate" VARCHAR NOT NULL,
    "metric" VARCHAR NOT NULL,
    "value" DOUBLE NOT NULL CHECK (isfinite("value")),
    "n" BIGINT CHECK ("n" >= 1),
    "value_se" DOUBLE CHECK ("value_se" >= 0 AND isfinite("value_se")),
    "numerator" DOUBLE CHECK ("numerator" >= 0 AND isfinite("numerator")),
    "denominator" DOUBLE CHECK ("denominator" >= 0 AND isfinite("denominator")),
    "ci_low" DOUBLE CHECK (isfinite("ci_low")),
    "ci_high" DOUBLE CHECK (isfinite("ci_high")),
    "ci_level" DOUBLE CHECK ("ci_level" >= 0.5 AND "ci_level" <= 1 AND isfinite("ci_level")),
    "unit" VARCHAR NOT NULL,
    "test_set" VARCHAR NOT NULL,
    "compared_with" VARCHAR NOT NULL,
    "agreement" DOUBLE CHECK ("agreement" >= -1 AND "agreement" <= 1 AND isfinite("agreement")),
    "fixed_cost_annual" DOUBLE CHECK (isfinite("fixed_cost_annual")),
    "evaluated_on" DATE,
    "run_id" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "evaluations" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "value_case_id", "candidate", "metric", "test_set", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "evaluations_before")
ORDER BY batch_seq, line;
DROP TABLE "evaluations_before";
CREATE VIEW "evaluations_current" AS
SELECT * FROM "evaluations"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "evaluations"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id", "candidate", "metric", "test_set" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "decisions_current";
ALTER TABLE "decisions" RENAME TO "decisions_before";
CREATE TABLE "decisions" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "decision_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "chosen" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "model_version" VARCHAR NOT NULL,
    "why" VARCHAR NOT NULL,
    "decided_by" VARCHAR NOT NULL,
    "attendees" VARCHAR NOT NULL,
    "decided_on" DATE NOT NULL,
    "review_on" DATE,
    "supersedes" VARCHAR NOT NULL,
    "conditions" VARCHAR NOT NULL,
    "dissent" VARCHAR NOT NULL,
    "evidence" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "decisions" BY NAME
SELECT * EXCLUDE (in_force), CASE WHEN in_force THEN lead(batch_seq) OVER (
    PARTITION BY "project", "decision_id", in_force ORDER BY batch_seq, line) END AS replaced_by
FROM (SELECT *, batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL) AS in_force
      FROM "decisions_before")
ORDER BY batch_seq, line;
DROP TABLE "decisions_before";
CREATE VIEW "decisions_current" AS
SELECT * FROM "decisions"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM batches WHERE undoes = batch_seq)
UNION ALL
SELECT * FROM "decisions"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "decision_id" ORDER BY batch_seq DESC, line DESC) = 1;
