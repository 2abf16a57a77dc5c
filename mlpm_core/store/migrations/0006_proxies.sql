-- Proxies: a KPI may stand in for one that nobody has named, and wait for its baseline.
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
    "stands_for" VARCHAR NOT NULL,
    "agreed_by" VARCHAR NOT NULL,
    "agreed_on" DATE,
    "expires_on" DATE,
    "archived" BOOLEAN NOT NULL
);
INSERT INTO "kpis" BY NAME
SELECT *, '' AS "stands_for", '' AS "agreed_by", NULL AS "agreed_on", NULL AS "expires_on"
FROM "kpis_before";
DROP TABLE "kpis_before";
CREATE VIEW "kpis_current" AS
SELECT * FROM "kpis"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "kpi_id" ORDER BY batch_seq DESC, line DESC) = 1;
