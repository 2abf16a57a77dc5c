-- Every batch after a number, whole, as the ledger notes it.
-- params:  $after BIGINT
-- returns: seq BIGINT, batch VARCHAR, project VARCHAR, kind VARCHAR, channel VARCHAR, sha256 VARCHAR, actor VARCHAR, received_at TIMESTAMP, undoes BIGINT, filename VARCHAR, lines BIGINT, accepted BIGINT, rejected BIGINT, blank BIGINT, ignored BIGINT, new BIGINT, changed BIGINT, identical BIGINT, stored BIGINT, notes VARCHAR, rejects VARCHAR, content VARCHAR
SELECT seq, batch, project, kind, channel, sha256, actor, received_at, undoes,
       filename, lines, accepted, rejected, blank, ignored,
       new, changed, identical, stored, notes, rejects, content
FROM batches
WHERE seq > $after
ORDER BY seq
