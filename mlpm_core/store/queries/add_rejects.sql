-- Lay what was rejected of a batch beside it.
-- params:  $seq BIGINT, $listed VARCHAR
-- returns: nothing
INSERT INTO batch_rejects (batch_seq, listed) VALUES ($seq, $listed)
