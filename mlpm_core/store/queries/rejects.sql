-- What was rejected of batches, by the hash their rows tell and by the hash of what lies beside them;
-- of one batch, unless $seq is 0.
-- params:  $seq BIGINT
-- returns: seq BIGINT, listed VARCHAR, sha256 VARCHAR
SELECT batch_seq AS seq, listed, sha256(listed) AS sha256
FROM batch_rejects
WHERE $seq IN (0, batch_seq)
