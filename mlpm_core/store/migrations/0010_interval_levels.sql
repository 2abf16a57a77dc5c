-- Monitoring results say of what level their confidence interval is.
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
    "note" VARCHAR NOT NULL
);
INSERT INTO "metric_results" BY NAME SELECT * FROM "metric_results_before";
DROP TABLE "metric_results_before";
CREATE VIEW "metric_results_current" AS
SELECT * FROM "metric_results"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "model_version", "metric", "slice_key", "slice_value", "period_start", "granularity", "source" ORDER BY batch_seq DESC, line DESC) = 1;
