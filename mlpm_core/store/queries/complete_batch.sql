-- Say what else is known of a batch, inside the transaction that adds it.
-- params:  $seq BIGINT, $notes VARCHAR, $content VARCHAR
-- returns: nothing
UPDATE batches SET notes = $notes, content = $content WHERE seq = $seq
