-- Events that people write down, and targets by date beside a KPI's last one.
CREATE TABLE "events" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "event_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "happened_at" TIMESTAMP NOT NULL,
    "event_type" VARCHAR NOT NULL,
    "kpi_id" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "events_current" AS
SELECT * FROM "events"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "events"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "event_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "kpi_targets" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "kpi_id" VARCHAR NOT NULL,
    "target_on" DATE NOT NULL,
    "target" DOUBLE NOT NULL CHECK (isfinite("target")),
    "at_least" DOUBLE CHECK (isfinite("at_least")),
    "stretch" DOUBLE CHECK (isfinite("stretch")),
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "kpi_targets_current" AS
SELECT * FROM "kpi_targets"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "kpi_targets"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "kpi_id", "target_on" ORDER BY batch_seq DESC, line DESC) = 1;
