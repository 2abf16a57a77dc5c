-- A batch may come through one more channel, "source"; DuckDB cannot change a CHECK that is there.
DROP VIEW batches_in_force;
DROP VIEW batches_known;
ALTER TABLE batches RENAME TO batches_before;
CREATE TABLE batches (
    seq BIGINT PRIMARY KEY,
    batch VARCHAR NOT NULL UNIQUE,
    project VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    channel VARCHAR NOT NULL CHECK (channel IN ('screen', 'form', 'http', 'command', 'demo', 'source')),
    sha256 VARCHAR NOT NULL,
    actor VARCHAR NOT NULL CHECK (actor <> ''),
    received_at TIMESTAMP NOT NULL,
    undoes BIGINT,
    filename VARCHAR NOT NULL,
    lines BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    blank BIGINT NOT NULL,
    ignored BIGINT NOT NULL,
    new BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    identical BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    notes VARCHAR NOT NULL,
    rejects VARCHAR NOT NULL,
    content VARCHAR NOT NULL
);
INSERT INTO batches SELECT * FROM batches_before;
DROP TABLE batches_before;
CREATE VIEW batches_known AS SELECT * FROM batches
WHERE seq <= coalesce(CAST(getvariable('known_until') AS BIGINT), 9223372036854775807);
CREATE VIEW batches_in_force AS SELECT * FROM batches_known
WHERE seq NOT IN (SELECT undoes FROM batches_known WHERE undoes IS NOT NULL);
