-- A decision says how it is to be proven; of those of before no proof was planned.
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
    "proof_by" VARCHAR NOT NULL,
    "proof_kpi_id" VARCHAR NOT NULL,
    "proof_held_out" DOUBLE CHECK ("proof_held_out" >= 0 AND "proof_held_out" <= 1 AND isfinite("proof_held_out")),
    "proof_effect" DOUBLE CHECK ("proof_effect" >= 0 AND isfinite("proof_effect")),
    "proof_weeks" BIGINT CHECK ("proof_weeks" >= 1),
    "proof_chance" DOUBLE CHECK ("proof_chance" >= 0 AND "proof_chance" <= 1 AND isfinite("proof_chance")),
    "evidence" VARCHAR NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "decisions" BY NAME
SELECT *, '' AS "proof_by", '' AS "proof_kpi_id" FROM "decisions_before"
ORDER BY batch_seq, line;
DROP TABLE "decisions_before";
CREATE VIEW "decisions_current" AS
SELECT * FROM "decisions"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "decisions"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "decision_id" ORDER BY batch_seq DESC, line DESC) = 1;
