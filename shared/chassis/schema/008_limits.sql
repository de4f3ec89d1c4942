-- An event that the broker would refuse could never leave the outbox, and all behind it would wait for ever: it is refused
-- in the transaction that announces it. The broker takes 8 MiB a request; key and payload are counted as they are sent. A small
-- payload is not written out to be counted: no number of ours is longer as text than some forty times what it takes here.
-- Rows that are there already stay.
ALTER TABLE outbox ADD CONSTRAINT outbox_event_size CHECK (
  CASE WHEN pg_column_size(payload) < 65536 THEN 0 ELSE octet_length(payload::text) END
  + 2 * octet_length(key) + octet_length(type) + octet_length(aggregate) + octet_length(orgpath) + octet_length(actor)
  + octet_length(correlation_id) + COALESCE(octet_length(causation_id), 0) <= 4194304) NOT VALID;
