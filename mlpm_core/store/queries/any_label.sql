-- Whether labels of their own ever came for the predictions of a project: one row if so.
-- params:  $project VARCHAR
-- returns: is_there INTEGER
SELECT 1 AS is_there FROM labels WHERE project = $project LIMIT 1
