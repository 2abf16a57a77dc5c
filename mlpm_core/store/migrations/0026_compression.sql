-- Columns of the two kinds of which long files come name how they are kept: otherwise the engine tries
-- all ways on every piece of them. It does not tell of it, so this stays beside what whole/ holds.
DROP VIEW "metric_results_current";
ALTER TABLE "metric_results" RENAME TO "metric_results_before";
CREATE TABLE "metric_results" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    "model_id" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    "metric" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    "period_start" TIMESTAMP NOT NULL,
    "value" DOUBLE NOT NULL CHECK (isfinite("value")),
    "model_version" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    "granularity" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
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
    "label_status" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    "labelled_share" DOUBLE CHECK ("labelled_share" >= 0 AND "labelled_share" <= 1 AND isfinite("labelled_share")),
    "unit" VARCHAR NOT NULL,
    "run_id" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "metric_results" BY NAME SELECT * FROM "metric_results_before";
DROP TABLE "metric_results_before";
CREATE VIEW "metric_results_current" AS
SELECT * FROM "metric_results"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
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
    "project" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    "prediction_id" VARCHAR NOT NULL USING COMPRESSION FSST,
    "ts" TIMESTAMP NOT NULL,
    "model_id" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    "y_pred" VARCHAR NOT NULL,
    "y_pred_proba" DOUBLE CHECK ("y_pred_proba" >= 0 AND "y_pred_proba" <= 1 AND isfinite("y_pred_proba")),
    "y_true" VARCHAR NOT NULL,
    "decision" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    "model_version" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    "segment" VARCHAR NOT NULL USING COMPRESSION DICTIONARY,
    replaced_by BIGINT
);
INSERT INTO "prediction_log" BY NAME SELECT * FROM "prediction_log_before";
DROP TABLE "prediction_log_before";
CREATE VIEW "prediction_log_current" AS
SELECT * FROM "prediction_log"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "prediction_log"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "model_id", "prediction_id" ORDER BY batch_seq DESC, line DESC) = 1;
