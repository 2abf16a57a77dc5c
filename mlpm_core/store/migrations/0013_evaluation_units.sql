-- Evaluations say in which unit their values are; those of before are in the one that is asked.
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
    "note" VARCHAR NOT NULL
);
INSERT INTO "evaluations" BY NAME
SELECT *, '' AS "unit" FROM "evaluations_before";
DROP TABLE "evaluations_before";
CREATE VIEW "evaluations_current" AS
SELECT * FROM "evaluations"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id", "candidate", "metric", "test_set" ORDER BY batch_seq DESC, line DESC) = 1;
