-- Mechanisms that users write themselves.
CREATE TABLE "mechanisms" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "mechanism_id" VARCHAR NOT NULL,
    "definition" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL
);
CREATE VIEW "mechanisms_current" AS
SELECT * FROM "mechanisms"
WHERE batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY "project", "mechanism_id" ORDER BY batch_seq DESC, line DESC) = 1;
