"""A province with a year of usage behind it: so many registered customers × 12 months, written straight into tiering."""

from collections.abc import Callable
from dataclasses import dataclass

from chassis.database import Connection

# What the benches of tiering write anew; organisations, law and staff stay those of the sample.
EMPTIED = "usage, usage_sum, customer, agreement, arrears, tier, review, review_line, outbox, event_log"
# Yearly fees as they are in life: many small customers, few big ones, three in ten above the mark of a key account.
DRAWN = """
CREATE TEMP TABLE drawn ON COMMIT PRESERVE ROWS AS
  WITH unit AS MATERIALIZED (
    SELECT o.*, row_number() OVER (ORDER BY o.org_id) - 1 AS place, count(*) OVER () AS units
    FROM organisation o
    WHERE (o.kind = 'team' OR o.org_id LIKE '%-S01') AND o.place_class IS NOT NULL AND o.valid_to IS NULL)
  SELECT ('01930000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS customer_id, n, u.org_id, u.division,
    u.place_class, random() AS luck, random() AS turn,
    exp(8.3 + 1.6 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) / 12 AS a_month
  FROM generate_series(0, $1::bigint - 1) AS n JOIN unit u ON u.place = n % u.units
  ORDER BY n
"""
CUSTOMERS = """
INSERT INTO customer (customer_id, code, name, state, division, place_class, importance, importance_level, reach, vip,
  registered_on, responsible_org_id, registry_version)
SELECT customer_id, '9' || lpad(n::text, 13, '0'), '样本客户' || lpad(n::text, 8, '0'), 'registered', division, place_class,
  CASE WHEN luck < 0.01 THEN 'important' WHEN luck < 0.02 THEN 'potential' END,
  CASE WHEN luck < 0.0005 THEN 'network-hq' WHEN luck < 0.002 THEN 'province' WHEN luck < 0.005 THEN 'city'
    WHEN luck < 0.02 THEN 'county' END,
  'regional', false, make_date($1 - 2, 3, 1), org_id, 1
FROM drawn ORDER BY n
"""
# A month at a time, in the order of the table's key.
MONTH = """
INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, recorded)
SELECT customer_id, 'domestic-express', $1, 1, round((a_month * (0.6 + 0.8 * random()))::numeric, 2),
  1 + (a_month / 20)::bigint, round((a_month / 15)::numeric, 3), org_id, $1::timestamptz + interval '35 days'
FROM drawn ORDER BY n
"""
AGREEMENTS = """
INSERT INTO agreement (agreement_id, customer_id, org_id, state, settlement_days, starts_on, pricing_version)
SELECT ('01930000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, customer_id, org_id, 'signed', 30 + 15 * (n % 3),
  make_date($1 - 1, 6, 1), 1
FROM drawn WHERE turn < 0.2 ORDER BY n
"""
ARREARS = """
INSERT INTO arrears (customer_id, org_id, oldest_due_on, pricing_version)
SELECT customer_id, org_id, $1::date - (n % 180)::integer, 1 FROM drawn WHERE turn < 0.04 ORDER BY n
"""
# The class of the year before: by fees that were up to a fifth more or less, so that some classes change now.
TIERS = """
INSERT INTO tier (customer_id, valid_from, recorded, org_id, scheme, tier, class, service_class, basis, because, version)
SELECT d.customer_id, make_date($1, 1, 1), make_date($1, 1, 20)::timestamptz, d.org_id, 'hubei', b.class::text, b.class,
  b.class, 'registration', '{"reasons": [], "text": {"zh": "样本", "en": "sample"}}', 1
FROM drawn d CROSS JOIN LATERAL (
  SELECT min(t.class) AS class
  FROM (VALUES ('wuhan', 1, 500000), ('wuhan', 2, 300000), ('wuhan', 3, 100000), ('wuhan', 4, 10000),
    ('prefecture', 1, 200000), ('prefecture', 2, 100000), ('prefecture', 3, 50000), ('prefecture', 4, 10000),
    ('county', 1, 100000), ('county', 2, 50000), ('county', 3, 30000), ('county', 4, 10000)) AS t(place, class, low)
  WHERE t.place = d.place_class AND d.a_month * 12 * (0.8 + 0.4 * d.luck) >= t.low) b
WHERE b.class IS NOT NULL ORDER BY d.n
"""
SUMS = """
INSERT INTO usage_sum (customer_id, year, org_id, fees, months)
SELECT u.customer_id, $1, min(u.org_id), sum(u.revenue), array_agg(u.revenue ORDER BY u.month)
FROM usage u WHERE u.month BETWEEN make_date($1, 1, 1) AND make_date($1, 12, 1) GROUP BY u.customer_id
"""
SUMS_OF_DECEMBER = """
INSERT INTO usage_sum (customer_id, year, org_id, fees, months)
SELECT u.customer_id, $1, u.org_id, u.revenue, array_fill(0::numeric, ARRAY[11]) || u.revenue
FROM usage u WHERE u.month = make_date($1, 12, 1)
"""
# Sums of months are worked out again after every load; that is no part of what is measured while `root` lives.
MONTHS_REST = "SELECT pg_advisory_lock(hashtextextended('unit_month', 0))"
MONTHS = 12
SEED = 0.17


@dataclass(frozen=True)
class RatedProvince:
    """How many customers have usage in every month of a year, and in the December before it."""

    customers: int
    year: int

    async def write(self, root: Connection, say: Callable[[str], None]) -> None:
        """Put them in the place of all that is there; `root` is past row-level security."""
        say(f"{self.customers:,} customers × {MONTHS} months")
        await root.execute(
            f"SET timezone = 'Asia/Shanghai'; SET work_mem = '256MB'; TRUNCATE {EMPTIED} CASCADE"
        )
        await root.execute(MONTHS_REST)
        await root.execute("DROP TABLE IF EXISTS drawn")
        await root.execute("SELECT setseed($1)", SEED)
        # A statement that makes a table takes no parameter.
        await root.execute(DRAWN.replace("$1", str(self.customers)))
        await root.execute(CUSTOMERS, self.year)
        await root.execute("ALTER TABLE usage DISABLE TRIGGER USER")  # sums are written whole below
        await root.execute(MONTH.replace("$1", f"'{self.year - 1}-12-01'::date"))
        for number in range(1, MONTHS + 1):
            await root.execute(MONTH.replace("$1", f"'{self.year}-{number:02d}-01'::date"))
        await root.execute(AGREEMENTS, self.year)
        await root.execute(ARREARS.replace("$1", f"'{self.year + 1}-01-01'"))
        await root.execute(TIERS, self.year)
        await root.execute(SUMS, self.year)
        await root.execute(SUMS_OF_DECEMBER, self.year - 1)
        await root.execute("ALTER TABLE usage ENABLE TRIGGER USER")
        await root.execute("DROP TABLE drawn")
        await root.execute("TRUNCATE month_touched, month_due, standing, standing_touched")
        for table in ("usage", "usage_sum", "customer", "agreement", "arrears", "tier"):
            await root.execute(f"VACUUM ANALYZE {table}")
        await root.execute("CHECKPOINT")
