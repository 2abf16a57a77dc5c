-- Whether a batch holds a row of a model or of a project, by the way or on a line of its file.
-- params:  $seq BIGINT
-- returns: n BIGINT
SELECT (SELECT count(*) FROM models WHERE batch_seq = $seq)
     + (SELECT count(*) FROM projects WHERE batch_seq = $seq) AS n
