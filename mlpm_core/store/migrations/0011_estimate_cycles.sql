-- Estimates say what a further modelling cycle costs, and when the first one is known.
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
    "archived" BOOLEAN NOT NULL
);
INSERT INTO "estimates" BY NAME
SELECT *, 0.25 AS "loop_share", 0.6 AS "repeat_share", NULL AS "stop_point_days"
FROM "estimates_before";
DROP TABLE "estimates_before";
CREATE VIEW "estimates_current" AS
SELECT * FROM "estimates"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "estimate_id" ORDER BY batch_seq DESC, line DESC) = 1;
