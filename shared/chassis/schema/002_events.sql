-- The log of a service: outbox (not yet published) and event_log (published, kept for good, by month); what it heard: inbox.

CREATE TABLE outbox (
  lane smallint NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  event_id uuid NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  type text NOT NULL,
  aggregate text NOT NULL,
  version bigint NOT NULL,
  orgpath text NOT NULL,
  actor text NOT NULL,
  correlation_id text NOT NULL,
  causation_id text,
  time timestamptz NOT NULL,
  payload jsonb NOT NULL,
  PRIMARY KEY (lane, seq))
  -- Rows of a few kilobytes stay whole: compressing what is moved on a moment later costs more than the write.
  WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CALL guard_path('outbox');

CREATE TABLE event_log (LIKE outbox, day date NOT NULL, PRIMARY KEY (day, lane, seq)) PARTITION BY RANGE (day);
CREATE INDEX event_log_aggregate ON event_log (aggregate, version);
CREATE INDEX event_log_event ON event_log (event_id);
CREATE TABLE event_log_other PARTITION OF event_log DEFAULT;
CALL guard_path('event_log');
CALL guard_path('event_log_other');

-- The month's partition, made ahead of need by the relay.
CREATE FUNCTION ensure_event_log_month(month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  first date := date_trunc('month', month);
  name text := 'event_log_' || to_char(first, 'YYYYMM');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('event_log'));
  IF to_regclass(name) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF event_log FOR VALUES FROM (%L) TO (%L)',
                   name, first, first + interval '1 month');
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY; ALTER TABLE %I FORCE ROW LEVEL SECURITY', name, name);
  END IF;
END $$;

-- Write events; called inside the statement that writes the state, so that both live or die together.
-- Takes the JSON of chassis.outbox.encode; gives how many were written.
CREATE FUNCTION announce(events jsonb) RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE written integer;
BEGIN
  INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id,
                      causation_id, time, payload)
  SELECT crc32(convert_to(e.key, 'UTF8')) % 8, e.event_id, e.topic, e.key, e.type, e.aggregate, e.version, e.orgpath,
         e.actor, e.correlation_id, e.causation_id, e.time, e.payload
  FROM jsonb_to_recordset(events) AS e(event_id uuid, topic text, key text, type text, aggregate text,
       version bigint, orgpath text, actor text, correlation_id text, causation_id text, time timestamptz, payload jsonb);
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $$;

CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  source text NOT NULL,
  type text NOT NULL,
  aggregate text NOT NULL,
  version bigint NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (consumer, event_id));
CALL grant_to_services('inbox');

-- A record that could not be applied, and every later one of its key, until it is released.
CREATE TABLE parked (
  id uuid PRIMARY KEY,
  consumer text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  event_id uuid,
  value bytea,
  headers jsonb NOT NULL,
  error text NOT NULL,
  attempts integer NOT NULL DEFAULT 1,
  parked_at timestamptz NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY);
CREATE INDEX parked_key ON parked (consumer, key, position);
CREATE UNIQUE INDEX parked_event ON parked (consumer, event_id) WHERE event_id IS NOT NULL;
CALL grant_to_services('parked');
