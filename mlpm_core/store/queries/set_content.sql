-- Give a batch the hash of the rows it holds.
-- params:  $seq BIGINT, $content VARCHAR
-- returns: nothing
UPDATE batches SET content = $content WHERE seq = $seq
