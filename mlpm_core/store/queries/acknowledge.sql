-- Note the newest batch that stands in the ledger.
-- params:  $seq BIGINT
-- returns: nothing
UPDATE acknowledged SET seq = $seq
