-- Every batch's sequence number, with what the ledger notes of it.
-- params:
-- returns: seq BIGINT, batch VARCHAR, project VARCHAR, kind VARCHAR, sha256 VARCHAR, actor VARCHAR, received_at TIMESTAMP, undoes BIGINT
SELECT seq, batch, project, kind, sha256, actor, received_at, undoes FROM batches ORDER BY seq
