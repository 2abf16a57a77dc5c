-- The newest batch known to stand in the ledger; -1 while the ledger is not chained yet.
-- params:
-- returns: seq BIGINT
SELECT seq FROM acknowledged
