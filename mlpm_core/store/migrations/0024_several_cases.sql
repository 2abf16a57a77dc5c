-- Several value cases may move a KPI; a project says in which month its fiscal year begins.
DROP VIEW "projects_current";
ALTER TABLE "projects" RENAME TO "projects_before";
CREATE TABLE "projects" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "question" VARCHAR NOT NULL,
    "currency" VARCHAR NOT NULL,
    "year_starts_in" BIGINT NOT NULL CHECK ("year_starts_in" >= 1 AND "year_starts_in" <= 12),
    "owner" VARCHAR NOT NULL,
    "phase" VARCHAR NOT NULL,
    "planned_start_on" DATE,
    "needed_by_on" DATE,
    "budget" DOUBLE CHECK ("budget" >= 0 AND isfinite("budget")),
    "autonomy" VARCHAR NOT NULL,
    "failure_policy" VARCHAR NOT NULL,
    "data_version" VARCHAR NOT NULL,
    "lighthouse_for" VARCHAR NOT NULL,
    "clock_on" DATE,
    "is_demo" BOOLEAN NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "projects" BY NAME
SELECT *, 1 AS "year_starts_in" FROM "projects_before"
ORDER BY batch_seq, line;
DROP TABLE "projects_before";
CREATE VIEW "projects_current" AS
SELECT * FROM "projects"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "projects"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project" ORDER BY batch_seq DESC, line DESC) = 1;
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
    "also_moved_by" VARCHAR NOT NULL,
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
SELECT *, '' AS "also_moved_by" FROM "kpis_before"
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
