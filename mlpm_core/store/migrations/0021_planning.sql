-- Planning: tasks, roles, risks, checks, contracts, and what was told to stakeholders.
DROP VIEW "projects_current";
ALTER TABLE "projects" RENAME TO "projects_before";
CREATE TABLE "projects" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "question" VARCHAR NOT NULL,
    "currency" VARCHAR NOT NULL,
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
SELECT *, '' AS "phase", '' AS "autonomy", '' AS "failure_policy", '' AS "data_version", '' AS
    "lighthouse_for"
FROM "projects_before" ORDER BY batch_seq, line;
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
DROP VIEW "stakeholders_current";
ALTER TABLE "stakeholders" RENAME TO "stakeholders_before";
CREATE TABLE "stakeholders" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "stakeholder_id" VARCHAR NOT NULL,
    "name" VARCHAR NOT NULL,
    "influence" BIGINT NOT NULL CHECK ("influence" >= 1 AND "influence" <= 5),
    "interest" BIGINT NOT NULL CHECK ("interest" >= 1 AND "interest" <= 5),
    "role" VARCHAR NOT NULL,
    "wants" VARCHAR NOT NULL,
    "contact_every_days" BIGINT CHECK ("contact_every_days" >= 1 AND "contact_every_days" <= 3650),
    "channel" VARCHAR NOT NULL,
    "has_veto" BOOLEAN NOT NULL,
    "revenue" DOUBLE NOT NULL CHECK ("revenue" >= 0 AND "revenue" <= 1000 AND isfinite("revenue")),
    "cost_saving" DOUBLE NOT NULL CHECK ("cost_saving" >= 0 AND "cost_saving" <= 1000 AND isfinite("cost_saving")),
    "cycle_time" DOUBLE NOT NULL CHECK ("cycle_time" >= 0 AND "cycle_time" <= 1000 AND isfinite("cycle_time")),
    "people_intensity" DOUBLE NOT NULL CHECK ("people_intensity" >= 0 AND "people_intensity" <= 1000 AND isfinite("people_intensity")),
    "customer_experience" DOUBLE NOT NULL CHECK ("customer_experience" >= 0 AND "customer_experience" <= 1000 AND isfinite("customer_experience")),
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "stakeholders" BY NAME
SELECT *, '' AS "channel"
FROM "stakeholders_before" ORDER BY batch_seq, line;
DROP TABLE "stakeholders_before";
CREATE VIEW "stakeholders_current" AS
SELECT * FROM "stakeholders"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "stakeholders"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "stakeholder_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "findings_current";
ALTER TABLE "findings" RENAME TO "findings_before";
CREATE TABLE "findings" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "finding_id" VARCHAR NOT NULL,
    "area" VARCHAR NOT NULL,
    "statement" VARCHAR NOT NULL,
    "confidence" VARCHAR NOT NULL,
    "is_blocker" BOOLEAN NOT NULL,
    "owner" VARCHAR NOT NULL,
    "due_on" DATE,
    "found_on" DATE,
    "evidence" VARCHAR NOT NULL,
    "factor" VARCHAR NOT NULL,
    "applies" VARCHAR NOT NULL,
    "probability" DOUBLE CHECK ("probability" >= 0 AND "probability" <= 1 AND isfinite("probability")),
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "findings" BY NAME
SELECT *, '' AS "factor", 'unknown' AS "applies"
FROM "findings_before" ORDER BY batch_seq, line;
DROP TABLE "findings_before";
CREATE VIEW "findings_current" AS
SELECT * FROM "findings"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "findings"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "finding_id" ORDER BY batch_seq DESC, line DESC) = 1;
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
    "answered_on" DATE,
    "estimator_class" VARCHAR NOT NULL,
    "focus" DOUBLE NOT NULL CHECK ("focus" >= 0.05 AND "focus" <= 1 AND isfinite("focus")),
    "overhead_share" DOUBLE NOT NULL CHECK ("overhead_share" >= 0 AND "overhead_share" <= 2 AND isfinite("overhead_share")),
    "overhead_rate" DOUBLE CHECK ("overhead_rate" >= 0 AND "overhead_rate" <= 1e+06 AND isfinite("overhead_rate")),
    "fixed_cost" DOUBLE NOT NULL CHECK ("fixed_cost" >= 0 AND isfinite("fixed_cost")),
    "made_by" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "estimates" BY NAME
SELECT *, 'untried' AS "estimator_class", 0.8 AS "focus", 0.12 AS "overhead_share", 0.0 AS "fixed_cost"
FROM "estimates_before" ORDER BY batch_seq, line;
DROP TABLE "estimates_before";
CREATE VIEW "estimates_current" AS
SELECT * FROM "estimates"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "estimates"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "estimate_id" ORDER BY batch_seq DESC, line DESC) = 1;
DROP VIEW "deployments_current";
ALTER TABLE "deployments" RENAME TO "deployments_before";
CREATE TABLE "deployments" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "deployment_id" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "model_version" VARCHAR NOT NULL,
    "slot" VARCHAR NOT NULL,
    "value_case_id" VARCHAR NOT NULL,
    "from_on" DATE NOT NULL,
    "to_on" DATE,
    "fresh_within_days" BIGINT NOT NULL CHECK ("fresh_within_days" >= 1 AND "fresh_within_days" <= 3650),
    "site" VARCHAR NOT NULL,
    "telemetry" VARCHAR NOT NULL,
    "contract_id" VARCHAR NOT NULL,
    "looked_after_by" VARCHAR NOT NULL,
    "needed_until_on" DATE,
    "run_book" VARCHAR NOT NULL,
    "rehearsed_on" DATE,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
INSERT INTO "deployments" BY NAME
SELECT *, '' AS "site", '' AS "telemetry", '' AS "contract_id", '' AS "looked_after_by", '' AS "run_book"
FROM "deployments_before" ORDER BY batch_seq, line;
DROP TABLE "deployments_before";
CREATE VIEW "deployments_current" AS
SELECT * FROM "deployments"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "deployments"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "deployment_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "requirements" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "requirement_id" VARCHAR NOT NULL,
    "asked" VARCHAR NOT NULL,
    "why" VARCHAR NOT NULL,
    "agreed" VARCHAR NOT NULL,
    "decides" VARCHAR NOT NULL,
    "decision" VARCHAR NOT NULL,
    "decided_when" VARCHAR NOT NULL,
    "stakeholder_id" VARCHAR NOT NULL,
    "status" VARCHAR NOT NULL,
    "metric" VARCHAR NOT NULL,
    "comparison" VARCHAR NOT NULL,
    "limit" DOUBLE CHECK (isfinite("limit")),
    "measured" DOUBLE CHECK (isfinite("measured")),
    "unit" VARCHAR NOT NULL,
    "changed_on" DATE,
    "change_reason" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "requirements_current" AS
SELECT * FROM "requirements"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "requirements"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "requirement_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "interactions" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "interaction_id" VARCHAR NOT NULL,
    "stakeholder_id" VARCHAR NOT NULL,
    "happened_on" DATE NOT NULL,
    "interaction_type" VARCHAR NOT NULL,
    "minutes" BIGINT CHECK ("minutes" >= 0 AND "minutes" <= 10000),
    "is_prepared" BOOLEAN NOT NULL,
    "shown" VARCHAR NOT NULL,
    "said" VARCHAR NOT NULL,
    "satisfaction" BIGINT CHECK ("satisfaction" >= 1 AND "satisfaction" <= 5),
    "open_question" VARCHAR NOT NULL,
    "answered_on" DATE,
    "risks_shared" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "interactions_current" AS
SELECT * FROM "interactions"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "interactions"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "interaction_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "roles" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "role_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "day_rate" DOUBLE NOT NULL CHECK ("day_rate" >= 0 AND "day_rate" <= 1e+06 AND isfinite("day_rate")),
    "heads" BIGINT NOT NULL CHECK ("heads" >= 1 AND "heads" <= 1000),
    "availability" DOUBLE NOT NULL CHECK ("availability" >= 0.01 AND "availability" <= 1 AND isfinite("availability")),
    "is_core_ml" BOOLEAN NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "roles_current" AS
SELECT * FROM "roles"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "roles"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "role_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "tasks" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "task_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "category" VARCHAR NOT NULL,
    "p10" DOUBLE CHECK ("p10" >= 0 AND "p10" <= 10000 AND isfinite("p10")),
    "p50" DOUBLE CHECK ("p50" >= 0 AND "p50" <= 10000 AND isfinite("p50")),
    "p90" DOUBLE CHECK ("p90" >= 0 AND "p90" <= 10000 AND isfinite("p90")),
    "role" VARCHAR NOT NULL,
    "depends_on" VARCHAR NOT NULL,
    "phase" VARCHAR NOT NULL,
    "in_loop" BOOLEAN NOT NULL,
    "status" VARCHAR NOT NULL,
    "owner" VARCHAR NOT NULL,
    "due_on" DATE,
    "started_on" DATE,
    "finished_on" DATE,
    "spent_days" DOUBLE CHECK ("spent_days" >= 0 AND "spent_days" <= 10000 AND isfinite("spent_days")),
    "fixed_cost" DOUBLE NOT NULL CHECK ("fixed_cost" >= 0 AND isfinite("fixed_cost")),
    "estimated_by" VARCHAR NOT NULL,
    "estimated_on" DATE,
    "includes" VARCHAR NOT NULL,
    "added_on" DATE,
    "acceptance" VARCHAR NOT NULL,
    "is_early_result" BOOLEAN NOT NULL,
    "saves_days" DOUBLE CHECK ("saves_days" >= 0 AND "saves_days" <= 10000 AND isfinite("saves_days")),
    "source" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "tasks_current" AS
SELECT * FROM "tasks"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "tasks"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "task_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "team_members" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "person_id" VARCHAR NOT NULL,
    "name" VARCHAR NOT NULL,
    "role" VARCHAR NOT NULL,
    "employer" VARCHAR NOT NULL,
    "fraction" DOUBLE NOT NULL CHECK ("fraction" >= 0 AND "fraction" <= 1 AND isfinite("fraction")),
    "from_on" DATE,
    "to_on" DATE,
    "is_technical_lead" BOOLEAN NOT NULL,
    "governance" BIGINT NOT NULL CHECK ("governance" >= 0 AND "governance" <= 4),
    "data" BIGINT NOT NULL CHECK ("data" >= 0 AND "data" <= 4),
    "infra" BIGINT NOT NULL CHECK ("infra" >= 0 AND "infra" <= 4),
    "explore" BIGINT NOT NULL CHECK ("explore" >= 0 AND "explore" <= 4),
    "feature" BIGINT NOT NULL CHECK ("feature" >= 0 AND "feature" <= 4),
    "train" BIGINT NOT NULL CHECK ("train" >= 0 AND "train" <= 4),
    "evaluate" BIGINT NOT NULL CHECK ("evaluate" >= 0 AND "evaluate" <= 4),
    "deploy" BIGINT NOT NULL CHECK ("deploy" >= 0 AND "deploy" <= 4),
    "document" BIGINT NOT NULL CHECK ("document" >= 0 AND "document" <= 4),
    "support" BIGINT NOT NULL CHECK ("support" >= 0 AND "support" <= 4),
    "wants_to_learn" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "team_members_current" AS
SELECT * FROM "team_members"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "team_members"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "person_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "absences" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "absence_id" VARCHAR NOT NULL,
    "from_on" DATE NOT NULL,
    "to_on" DATE NOT NULL,
    "person_id" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "absences_current" AS
SELECT * FROM "absences"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "absences"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "absence_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "closed_projects" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "closed_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "estimated_days" DOUBLE NOT NULL CHECK ("estimated_days" >= 0.1 AND "estimated_days" <= 100000 AND isfinite("estimated_days")),
    "actual_days" DOUBLE NOT NULL CHECK ("actual_days" >= 0.1 AND "actual_days" <= 1e+06 AND isfinite("actual_days")),
    "outcome" VARCHAR NOT NULL,
    "closed_on" DATE,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "closed_projects_current" AS
SELECT * FROM "closed_projects"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "closed_projects"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "closed_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "estimate_snapshots" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "snapshot_id" VARCHAR NOT NULL,
    "taken_on" DATE NOT NULL,
    "reason" VARCHAR NOT NULL,
    "is_baseline" BOOLEAN NOT NULL,
    "effort_p10" DOUBLE CHECK ("effort_p10" >= 0 AND isfinite("effort_p10")),
    "effort_p50" DOUBLE CHECK ("effort_p50" >= 0 AND isfinite("effort_p50")),
    "effort_p80" DOUBLE CHECK ("effort_p80" >= 0 AND isfinite("effort_p80")),
    "effort_p95" DOUBLE CHECK ("effort_p95" >= 0 AND isfinite("effort_p95")),
    "duration_p10" DOUBLE CHECK ("duration_p10" >= 0 AND isfinite("duration_p10")),
    "duration_p50" DOUBLE CHECK ("duration_p50" >= 0 AND isfinite("duration_p50")),
    "duration_p80" DOUBLE CHECK ("duration_p80" >= 0 AND isfinite("duration_p80")),
    "duration_p95" DOUBLE CHECK ("duration_p95" >= 0 AND isfinite("duration_p95")),
    "cost_p10" DOUBLE CHECK ("cost_p10" >= 0 AND isfinite("cost_p10")),
    "cost_p50" DOUBLE CHECK ("cost_p50" >= 0 AND isfinite("cost_p50")),
    "cost_p80" DOUBLE CHECK ("cost_p80" >= 0 AND isfinite("cost_p80")),
    "cost_p95" DOUBLE CHECK ("cost_p95" >= 0 AND isfinite("cost_p95")),
    "spent_days" DOUBLE CHECK ("spent_days" >= 0 AND isfinite("spent_days")),
    "p_no_go" DOUBLE CHECK ("p_no_go" >= 0 AND "p_no_go" <= 1 AND isfinite("p_no_go")),
    "evidence" VARCHAR NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "estimate_snapshots_current" AS
SELECT * FROM "estimate_snapshots"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "estimate_snapshots"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "snapshot_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "delivery_promises" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "promise_id" VARCHAR NOT NULL,
    "what" VARCHAR NOT NULL,
    "measure" VARCHAR NOT NULL,
    "made_on" DATE NOT NULL,
    "promised_for_on" DATE,
    "promised_cost" DOUBLE CHECK ("promised_cost" >= 0 AND isfinite("promised_cost")),
    "stakeholder_id" VARCHAR NOT NULL,
    "snapshot_id" VARCHAR NOT NULL,
    "confidence" DOUBLE CHECK ("confidence" >= 0 AND "confidence" <= 1 AND isfinite("confidence")),
    "overridden_by" VARCHAR NOT NULL,
    "override_reason" VARCHAR NOT NULL,
    "delivered_on" DATE,
    "delivered_cost" DOUBLE CHECK ("delivered_cost" >= 0 AND isfinite("delivered_cost")),
    "withdrawn" BOOLEAN NOT NULL,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "delivery_promises_current" AS
SELECT * FROM "delivery_promises"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "delivery_promises"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "promise_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "risks" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "risk_id" VARCHAR NOT NULL,
    "title" VARCHAR NOT NULL,
    "category" VARCHAR NOT NULL,
    "probability" DOUBLE NOT NULL CHECK ("probability" >= 0 AND "probability" <= 1 AND isfinite("probability")),
    "p10" DOUBLE CHECK ("p10" >= 0 AND "p10" <= 10000 AND isfinite("p10")),
    "p50" DOUBLE CHECK ("p50" >= 0 AND "p50" <= 10000 AND isfinite("p50")),
    "p90" DOUBLE CHECK ("p90" >= 0 AND "p90" <= 10000 AND isfinite("p90")),
    "delay_share" DOUBLE NOT NULL CHECK ("delay_share" >= 0 AND "delay_share" <= 1 AND isfinite("delay_share")),
    "day_rate" DOUBLE CHECK ("day_rate" >= 0 AND "day_rate" <= 1e+06 AND isfinite("day_rate")),
    "fixed_cost" DOUBLE NOT NULL CHECK ("fixed_cost" >= 0 AND isfinite("fixed_cost")),
    "response" VARCHAR NOT NULL,
    "mitigation" VARCHAR NOT NULL,
    "mitigation_days" DOUBLE CHECK ("mitigation_days" >= 0 AND isfinite("mitigation_days")),
    "residual_probability" DOUBLE CHECK ("residual_probability" >= 0 AND "residual_probability" <= 1 AND isfinite("residual_probability")),
    "owner" VARCHAR NOT NULL,
    "raised_on" DATE,
    "review_on" DATE,
    "shared_on" DATE,
    "status" VARCHAR NOT NULL,
    "retired_on" DATE,
    "evidence" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "risks_current" AS
SELECT * FROM "risks"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "risks"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "risk_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "risk_reviews" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "risk_id" VARCHAR NOT NULL,
    "reviewed_on" DATE NOT NULL,
    "probability" DOUBLE NOT NULL CHECK ("probability" >= 0 AND "probability" <= 1 AND isfinite("probability")),
    "reviewed_by" VARCHAR NOT NULL,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "risk_reviews_current" AS
SELECT * FROM "risk_reviews"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "risk_reviews"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "risk_id", "reviewed_on" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "check_results" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "check_id" VARCHAR NOT NULL,
    "phase" VARCHAR NOT NULL,
    "reply" VARCHAR NOT NULL,
    "answered_on" DATE NOT NULL,
    "reviewer" VARCHAR NOT NULL,
    "evidence" VARCHAR NOT NULL,
    "is_automated" BOOLEAN NOT NULL,
    "reason" VARCHAR NOT NULL,
    "harm_if_works" VARCHAR NOT NULL,
    "harm_if_fails" VARCHAR NOT NULL,
    "about_version" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "check_results_current" AS
SELECT * FROM "check_results"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "check_results"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "check_id", "phase" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "check_questions" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "check_id" VARCHAR NOT NULL,
    "pack" VARCHAR NOT NULL,
    "question" VARCHAR NOT NULL,
    "area" VARCHAR NOT NULL,
    "phases" VARCHAR NOT NULL,
    "is_gate" BOOLEAN NOT NULL,
    "stale_after_days" BIGINT CHECK ("stale_after_days" >= 1 AND "stale_after_days" <= 3650),
    "source" VARCHAR NOT NULL,
    "checked_on" DATE,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "check_questions_current" AS
SELECT * FROM "check_questions"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "check_questions"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "check_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "artefacts" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "artefact_id" VARCHAR NOT NULL,
    "artefact_type" VARCHAR NOT NULL,
    "made_from" VARCHAR NOT NULL,
    "model_id" VARCHAR NOT NULL,
    "model_version" VARCHAR NOT NULL,
    "location" VARCHAR NOT NULL,
    "digest" VARCHAR NOT NULL,
    "licence" VARCHAR NOT NULL,
    "holds_personal_data" BOOLEAN NOT NULL,
    "keep_until_on" DATE,
    "owner" VARCHAR NOT NULL,
    "created_on" DATE,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "artefacts_current" AS
SELECT * FROM "artefacts"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "artefacts"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "artefact_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "rebuilds" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "artefact_id" VARCHAR NOT NULL,
    "attempted_on" DATE NOT NULL,
    "metric" VARCHAR NOT NULL,
    "original" DOUBLE CHECK (isfinite("original")),
    "rebuilt" DOUBLE CHECK (isfinite("rebuilt")),
    "tolerance" DOUBLE NOT NULL CHECK ("tolerance" >= 0 AND "tolerance" <= 1 AND isfinite("tolerance")),
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "rebuilds_current" AS
SELECT * FROM "rebuilds"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "rebuilds"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "artefact_id", "attempted_on" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "contracts" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "contract_id" VARCHAR NOT NULL,
    "counterparty" VARCHAR NOT NULL,
    "contract_type" VARCHAR NOT NULL,
    "pricing" VARCHAR NOT NULL,
    "amount" DOUBLE CHECK ("amount" >= 0 AND isfinite("amount")),
    "fee_per_year" DOUBLE CHECK ("fee_per_year" >= 0 AND isfinite("fee_per_year")),
    "hours_included" DOUBLE CHECK ("hours_included" >= 0 AND isfinite("hours_included")),
    "hour_rate" DOUBLE CHECK ("hour_rate" >= 0 AND isfinite("hour_rate")),
    "call_out_fee" DOUBLE CHECK ("call_out_fee" >= 0 AND isfinite("call_out_fee")),
    "response_hours" DOUBLE CHECK ("response_hours" >= 0 AND isfinite("response_hours")),
    "starts_on" DATE,
    "ends_on" DATE,
    "is_liable" BOOLEAN NOT NULL,
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "contracts_current" AS
SELECT * FROM "contracts"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "contracts"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "contract_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "contract_clauses" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "contract_id" VARCHAR NOT NULL,
    "clause" VARCHAR NOT NULL,
    "is_present" BOOLEAN NOT NULL,
    "price" DOUBLE CHECK ("price" >= 0 AND isfinite("price")),
    "note" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "contract_clauses_current" AS
SELECT * FROM "contract_clauses"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "contract_clauses"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "contract_id", "clause" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "sourcing" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "sourcing_id" VARCHAR NOT NULL,
    "build_cost" VARCHAR NOT NULL,
    "quote" VARCHAR NOT NULL,
    "years" DOUBLE NOT NULL CHECK ("years" >= 0.5 AND "years" <= 20 AND isfinite("years")),
    "p_no_model" DOUBLE NOT NULL CHECK ("p_no_model" >= 0 AND "p_no_model" <= 1 AND isfinite("p_no_model")),
    "team_cost" VARCHAR NOT NULL,
    "hiring_cost" VARCHAR NOT NULL,
    "opportunity_cost" VARCHAR NOT NULL,
    "p_change_orders" DOUBLE NOT NULL CHECK ("p_change_orders" >= 0 AND "p_change_orders" <= 1 AND isfinite("p_change_orders")),
    "change_orders" VARCHAR NOT NULL,
    "buyer_cost" VARCHAR NOT NULL,
    "support_fee" VARCHAR NOT NULL,
    "supplier_cost" VARCHAR NOT NULL,
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "sourcing_current" AS
SELECT * FROM "sourcing"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "sourcing"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "sourcing_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "annotation_plans" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "annotation_id" VARCHAR NOT NULL,
    "items" BIGINT NOT NULL CHECK ("items" >= 1),
    "minutes_per_label" VARCHAR NOT NULL,
    "labels_per_item" BIGINT NOT NULL CHECK ("labels_per_item" >= 1 AND "labels_per_item" <= 100),
    "review_share" DOUBLE NOT NULL CHECK ("review_share" >= 0 AND "review_share" <= 1 AND isfinite("review_share")),
    "people" BIGINT NOT NULL CHECK ("people" >= 1 AND "people" <= 100000),
    "hours_per_day" DOUBLE NOT NULL CHECK ("hours_per_day" >= 0.1 AND "hours_per_day" <= 24 AND isfinite("hours_per_day")),
    "day_rate" DOUBLE NOT NULL CHECK ("day_rate" >= 0 AND isfinite("day_rate")),
    "items_done" BIGINT NOT NULL CHECK ("items_done" >= 0),
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "annotation_plans_current" AS
SELECT * FROM "annotation_plans"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "annotation_plans"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "annotation_id" ORDER BY batch_seq DESC, line DESC) = 1;
CREATE TABLE "compute_campaigns" (
    batch_seq BIGINT NOT NULL,
    line INTEGER NOT NULL,
    "project" VARCHAR NOT NULL,
    "campaign_id" VARCHAR NOT NULL,
    "gpu_hours_planned" DOUBLE NOT NULL CHECK ("gpu_hours_planned" >= 0 AND isfinite("gpu_hours_planned")),
    "gpu_hour_rate" DOUBLE NOT NULL CHECK ("gpu_hour_rate" >= 0 AND isfinite("gpu_hour_rate")),
    "gpu_hours_used" DOUBLE NOT NULL CHECK ("gpu_hours_used" >= 0 AND isfinite("gpu_hours_used")),
    "runs_done" BIGINT NOT NULL CHECK ("runs_done" >= 0),
    "runs_failed" BIGINT NOT NULL CHECK ("runs_failed" >= 0),
    "gpu_hours_failed" DOUBLE NOT NULL CHECK ("gpu_hours_failed" >= 0 AND isfinite("gpu_hours_failed")),
    "run_hours_p50" DOUBLE CHECK ("run_hours_p50" >= 0 AND isfinite("run_hours_p50")),
    "run_hours_p95" DOUBLE CHECK ("run_hours_p95" >= 0 AND isfinite("run_hours_p95")),
    "archived" BOOLEAN NOT NULL,
    replaced_by BIGINT
);
CREATE VIEW "compute_campaigns_current" AS
SELECT * FROM "compute_campaigns"
WHERE getvariable('known_until') IS NULL AND replaced_by IS NULL
  AND batch_seq NOT IN (SELECT undoes FROM batches WHERE undoes IS NOT NULL)
UNION ALL
SELECT * FROM "compute_campaigns"
WHERE getvariable('known_until') IS NOT NULL
  AND batch_seq IN (SELECT seq FROM batches_in_force)
QUALIFY row_number() OVER (PARTITION BY "project", "campaign_id" ORDER BY batch_seq DESC, line DESC) = 1;
