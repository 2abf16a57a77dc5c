-- Hours that a model freed, and a KPI of each unit of a staggered roll-out.
CREATE TABLE "freed_hours" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "period_start" TIMESTAMP NOT NULL,
    "granularity" VARCHAR NOT NULL,
    "freed" DOUBLE NOT NULL CHECK (isfinite("freed")),
    "backlog" DOUBLE CHECK (isfinite("backlog")),
    "overtime" DOUBLE CHECK (isfinite("overtime")),
    "staffing" DOUBLE CHECK (isfinite("staffing")),
    "elsewhere" DOUBLE CHECK (isfinite("elsewhere")),
    "source" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "freed_hours_current" AS
SELECT * FROM "freed_hours"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "freed_hours"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "value_case_id", "period_start", "granularity" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "rollout_results" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "kpi_id" VARCHAR NOT NULL,
    "unit_id" VARCHAR NOT NULL,
    "period_start" TIMESTAMP NOT NULL,
    "value" DOUBLE NOT NULL CHECK (isfinite("value")),
    "granularity" VARCHAR NOT NULL,
    "live_on" DATE,
    "source" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "rollout_results_current" AS
SELECT * FROM "rollout_results"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "rollout_results"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "kpi_id", "unit_id", "period_start", "granularity" ORDER BY batch_seq DESC, line DESC) = 1;
