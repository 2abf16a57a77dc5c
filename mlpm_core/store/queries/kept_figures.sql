-- The figures that were kept, of at most so many value cases.
-- params:  $most INTEGER
-- returns: project VARCHAR, value_case_id VARCHAR, digest VARCHAR, figures VARCHAR, draws BLOB
SELECT project, value_case_id, digest, figures, draws FROM kept_figures LIMIT $most
