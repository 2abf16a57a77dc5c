-- Quick estimates: one engineer's guess with what may make it larger.
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
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "estimates_current" AS
SELECT * FROM "estimates"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "estimate_id" ORDER BY batch_seq DESC, line DESC) = 1;
