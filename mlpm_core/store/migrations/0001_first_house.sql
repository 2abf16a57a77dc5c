-- The first house: batches, and a table with its current view for every record.
-- Rows are only ever appended; what holds now is the latest row per key of a batch not undone.
CREATE TABLE schema_version (version INTEGER NOT NULL, applied_at TIMESTAMP NOT NULL);
CREATE TABLE batches (
    seq BIGINT PRIMARY KEY,
    batch VARCHAR NOT NULL UNIQUE,
    project VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    channel VARCHAR NOT NULL CHECK (channel IN ('screen', 'form', 'http', 'command', 'demo')),
    sha256 VARCHAR NOT NULL,
    actor VARCHAR NOT NULL CHECK (actor <> ''),
    received_at TIMESTAMP NOT NULL,
    undoes BIGINT,
    receipt VARCHAR NOT NULL
);
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
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "projects_current" AS
SELECT * FROM "projects"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "models" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "purpose" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "models_current" AS
SELECT * FROM "models"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id" ORDER BY batch_seq DESC, line DESC) = 1;
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
    "baseline" DOUBLE NOT NULL CHECK (isfinite("baseline")),
    "target" DOUBLE NOT NULL CHECK (isfinite("target")),
    "target_on" DATE,
    "definition" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "kpis_current" AS
SELECT * FROM "kpis"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "kpi_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "value_cases" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "mechanism" VARCHAR NOT NULL,
    "baseline" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "value_cases_current" AS
SELECT * FROM "value_cases"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "quantities" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "name" VARCHAR NOT NULL,
    "written" VARCHAR NOT NULL,
    "source" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL
);
CREATE VIEW "quantities_current" AS
SELECT * FROM "quantities"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id", "name" ORDER BY batch_seq DESC, line DESC) = 1;
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
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "deployments_current" AS
SELECT * FROM "deployments"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "deployment_id" ORDER BY batch_seq DESC, line DESC) = 1;
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
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "promises_current" AS
SELECT * FROM "promises"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "promise_id" ORDER BY batch_seq DESC, line DESC) = 1;
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
    "numerator" DOUBLE CHECK ("numerator" >= 0 AND isfinite("numerator")),
    "denominator" DOUBLE CHECK ("denominator" >= 0 AND isfinite("denominator")),
    "slice_key" VARCHAR NOT NULL,
    "slice_value" VARCHAR NOT NULL,
    "source" VARCHAR NOT NULL,
    "label_status" VARCHAR NOT NULL,
    "labelled_share" DOUBLE CHECK ("labelled_share" >= 0 AND "labelled_share" <= 1 AND isfinite("labelled_share")),
    "unit" VARCHAR NOT NULL,
    "run_id" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL
);
CREATE VIEW "metric_results_current" AS
SELECT * FROM "metric_results"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "model_version", "metric", "slice_key", "slice_value", "period_start", "granularity", "source" ORDER BY batch_seq DESC, line DESC) = 1;
