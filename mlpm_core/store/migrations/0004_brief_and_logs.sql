-- The brief (who has a say, what is known), limits of metrics, and predictions one by one.
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
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "stakeholders_current" AS
SELECT * FROM "stakeholders"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "stakeholder_id" ORDER BY batch_seq DESC, line DESC) = 1;
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
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "findings_current" AS
SELECT * FROM "findings"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "finding_id" ORDER BY batch_seq DESC, line DESC) = 1;
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
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "metric_limits_current" AS
SELECT * FROM "metric_limits"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "deployment_id", "metric" ORDER BY batch_seq DESC, line DESC) = 1;
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
    "segment" VARCHAR NOT NULL
);
CREATE VIEW "prediction_log_current" AS
SELECT * FROM "prediction_log"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "prediction_id" ORDER BY batch_seq DESC, line DESC) = 1;
