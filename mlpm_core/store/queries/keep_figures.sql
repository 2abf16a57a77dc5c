-- Keep figures of a value case; those before them are forgotten first.
-- params:  $project VARCHAR, $value_case_id VARCHAR, $digest VARCHAR, $figures VARCHAR, $draws BLOB
-- returns: nothing
INSERT INTO kept_figures (project, value_case_id, digest, figures, draws)
VALUES ($project, $value_case_id, $digest, $figures, $draws)
