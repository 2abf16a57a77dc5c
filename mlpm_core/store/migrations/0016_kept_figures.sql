-- What was computed from the records, under a hash of all it rests on: it may be deleted at any time.

CREATE TABLE kept_figures (
    project VARCHAR NOT NULL,
    value_case_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    figures VARCHAR NOT NULL,
    draws BLOB NOT NULL
);
