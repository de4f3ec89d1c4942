-- A month of a province comes as a million rows at once: what each of them costs is looked at here.

-- Events of usage are some fifty kilobytes, and move on to the log a moment later: pressing them together costs more
-- than to write them.
ALTER TABLE outbox ALTER payload SET STORAGE EXTERNAL;
ALTER TABLE event_log ALTER payload SET STORAGE EXTERNAL;

-- By the time first: what comes, comes at its end. The years are told apart in the index as before.
DROP INDEX usage_after_its_year;
CREATE INDEX usage_after_its_year ON usage (recorded, extract(year FROM month))
  WHERE extract(year FROM recorded AT TIME ZONE 'Asia/Shanghai') > extract(year FROM month);

-- Whoever writes usage has its own ways to find things; these are theirs.
ALTER FUNCTION sums_gain() SET enable_nestloop = on;
ALTER FUNCTION sums_lose() SET enable_nestloop = on;
ALTER FUNCTION usage_touches() SET enable_nestloop = on;
ALTER FUNCTION usage_touches() SET enable_hashjoin = on;
ALTER FUNCTION usage_touches() SET enable_seqscan = on;
