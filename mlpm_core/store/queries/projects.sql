-- Every project, whether archived or not, by title.
-- params:
-- returns: project VARCHAR, title VARCHAR, question VARCHAR, currency VARCHAR, year_starts_in BIGINT, owner VARCHAR, phase VARCHAR, planned_start_on DATE, needed_by_on DATE, budget DOUBLE, autonomy VARCHAR, failure_policy VARCHAR, data_version VARCHAR, lighthouse_for VARCHAR, clock_on DATE, is_demo BOOLEAN, archived BOOLEAN
SELECT
    project, title, question, currency, year_starts_in, owner, phase, planned_start_on,
    needed_by_on, budget, autonomy, failure_policy, data_version, lighthouse_for, clock_on, is_demo, archived
FROM projects_current
ORDER BY title, project
