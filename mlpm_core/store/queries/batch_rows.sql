-- Every batch whole, as the ledger notes it.
-- params:
-- returns: seq BIGINT, batch VARCHAR, project VARCHAR, kind VARCHAR, channel VARCHAR, sha256 VARCHAR, actor VARCHAR, received_at TIMESTAMP, undoes BIGINT, receipt VARCHAR
SELECT seq, batch, project, kind, channel, sha256, actor, received_at, undoes, receipt
FROM batches ORDER BY seq
