-- Complete the receipt of a batch inside the transaction that adds it.
-- params:  $seq BIGINT, $receipt VARCHAR
-- returns: nothing
UPDATE batches SET receipt = $receipt WHERE seq = $seq
