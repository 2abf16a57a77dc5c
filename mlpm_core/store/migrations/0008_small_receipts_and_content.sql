-- A batch is one small row: counts are columns, what was rejected lies beside it, and "content" is
-- the hash of its rows (store/content.py; empty until the store is opened by an MLPM that knows it).
-- "acknowledged" is the newest batch known to stand in the ledger; -1 while the ledger is of before.
DROP VIEW batches_in_force;
DROP VIEW batches_known;
ALTER TABLE batches RENAME TO batches_before;
CREATE TABLE batches (
    seq BIGINT PRIMARY KEY,
    batch VARCHAR NOT NULL UNIQUE,
    project VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    channel VARCHAR NOT NULL CHECK (channel IN ('screen', 'form', 'http', 'command', 'demo')),
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
CREATE TABLE batch_rejects (batch_seq BIGINT PRIMARY KEY, listed VARCHAR NOT NULL);
INSERT INTO batch_rejects
SELECT seq, CAST(CAST(receipt AS JSON) -> 'rejects' AS VARCHAR) FROM batches_before
WHERE json_array_length(CAST(receipt AS JSON) -> 'rejects') > 0;
INSERT INTO batches
SELECT seq, batch, project, kind, channel, sha256, actor, received_at, undoes,
       coalesce(receipt ->> 'filename', ''),
       coalesce(CAST(receipt ->> 'lines' AS BIGINT), 0),
       coalesce(CAST(receipt ->> 'accepted' AS BIGINT), 0),
       coalesce(CAST(receipt ->> 'rejected' AS BIGINT), 0),
       coalesce(CAST(receipt ->> 'blank' AS BIGINT), 0),
       coalesce(CAST(receipt ->> 'ignored' AS BIGINT), 0),
       coalesce(CAST(receipt ->> 'new' AS BIGINT), 0),
       coalesce(CAST(receipt ->> 'changed' AS BIGINT), 0),
       coalesce(CAST(receipt ->> 'identical' AS BIGINT), 0),
       coalesce(CAST(receipt ->> 'stored' AS BIGINT), 0),
       CAST(json_object(
           'warnings', coalesce(receipt -> 'warnings', '[]'),
           'effect', coalesce(receipt -> 'effect', '[]'),
           'answers', coalesce(receipt -> 'answers', '[]'),
           'accept_good', coalesce(receipt -> 'accept_good', 'false')) AS VARCHAR),
       coalesce((SELECT sha256(listed) FROM batch_rejects r WHERE r.batch_seq = seq), ''),
       ''
FROM (SELECT * REPLACE (CAST(receipt AS JSON) AS receipt) FROM batches_before);
CREATE TABLE acknowledged (seq BIGINT NOT NULL);
INSERT INTO acknowledged SELECT CASE WHEN count(*) > 0 THEN -1 ELSE 0 END FROM batches_before;
DROP TABLE batches_before;
CREATE VIEW batches_known AS SELECT * FROM batches
WHERE seq <= coalesce(CAST(getvariable('known_until') AS BIGINT), 9223372036854775807);
CREATE VIEW batches_in_force AS SELECT * FROM batches_known
WHERE seq NOT IN (SELECT undoes FROM batches_known WHERE undoes IS NOT NULL);
