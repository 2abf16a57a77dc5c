-- What was measured of candidates, and what was decided on it.
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
    "test_set" VARCHAR NOT NULL,
    "evaluated_on" DATE,
    "run_id" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL
);
CREATE VIEW "evaluations_current" AS
SELECT * FROM "evaluations"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id", "candidate", "metric", "test_set" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "decisions" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "decision_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "chosen" VARCHAR NOT NULL,
    "why" VARCHAR NOT NULL,
    "decided_by" VARCHAR NOT NULL,
    "decided_on" DATE NOT NULL,
    "review_on" DATE,
    "evidence" VARCHAR NOT NULL
);
CREATE VIEW "decisions_current" AS
SELECT * FROM "decisions"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "decision_id" ORDER BY batch_seq DESC, line DESC) = 1;
