-- Every project, whether archived or not, by title.
-- params:
-- returns: project VARCHAR, title VARCHAR, question VARCHAR, currency VARCHAR, owner VARCHAR, clock_on DATE, is_demo BOOLEAN, archived BOOLEAN
SELECT project, title, question, currency, owner, clock_on, is_demo, archived
FROM projects_current
ORDER BY title, project
