-- The hashes under which the evidence of decisions is kept, of withdrawn ones too.
-- params:
-- returns: sha256 VARCHAR
SELECT DISTINCT d.evidence AS sha256
FROM decisions d
JOIN batches b ON b.seq = d.batch_seq
WHERE b.channel = 'form' AND regexp_full_match(d.evidence, '[0-9a-f]{64}')
ORDER BY sha256
