-- Decisions say as what the chosen candidate runs, what they supersede, who was there, who disagreed.
DROP VIEW "decisions_current";
ALTER TABLE "decisions" RENAME TO "decisions_before";
CREATE TABLE "decisions" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "decision_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "chosen" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "model_version" VARCHAR NOT NULL,
    "why" VARCHAR NOT NULL,
    "decided_by" VARCHAR NOT NULL,
    "attendees" VARCHAR NOT NULL,
    "decided_on" DATE NOT NULL,
    "review_on" DATE,
    "supersedes" VARCHAR NOT NULL,
    "conditions" VARCHAR NOT NULL,
    "dissent" VARCHAR NOT NULL,
    "evidence" VARCHAR NOT NULL
);
INSERT INTO "decisions" BY NAME
SELECT *, '' AS "model_id", '' AS "model_version", '' AS "attendees", '' AS "supersedes",
       '' AS "conditions", '' AS "dissent"
FROM "decisions_before";
DROP TABLE "decisions_before";
CREATE VIEW "decisions_current" AS
SELECT * FROM "decisions"
WHERE batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "decision_id" ORDER BY batch_seq DESC, line DESC) = 1;
