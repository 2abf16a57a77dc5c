-- A KPI may say that it has no season; of those of before every year is taken.
DROP VIEW "kpis_current";
ALTER TABLE "kpis" RENAME TO "kpis_before";
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
    "baseline" DOUBLE CHECK (isfinite("baseline")),
    "target" DOUBLE CHECK (isfinite("target")),
    "target_on" DATE,
    "definition" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    "season" VARCHAR NOT NULL,
    "stands_for" VARCHAR NOT NULL,
    "agreed_by" VARCHAR NOT NULL,
    "agreed_on" DATE,
    "expires_on" DATE,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "kpis" BY NAME
SELECT *, '' AS "season" FROM "kpis_before"
ORDER BY batch_seq, line;
DROP TABLE "kpis_before";
CREATE VIEW "kpis_current" AS
SELECT * FROM "kpis"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "kpis"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "kpi_id" ORDER BY batch_seq DESC, line DESC) = 1;
