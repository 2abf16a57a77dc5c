-- Forget the figures that were kept of a value case.
-- params:  $project VARCHAR, $value_case_id VARCHAR
-- returns: nothing
DELETE FROM kept_figures WHERE project = $project AND value_case_id = $value_case_id
