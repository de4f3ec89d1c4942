"""Usage: every figure on record was told once, what is current is the newest told, and months add up to the cent."""

from collections.abc import Sequence

from contracts.tiering import UsageCorrected, UsageRecorded
from deploy.verify.comparisons import WRITTEN, Comparison, Side, of_types, rows_of

# An event's rows: customer_id, line, revenue, pieces, weight_kg, version (contracts.tiering).
# OFFSET 0: what a whole event says is taken from it once, not for each of its rows.
TOLD = f"""
    SELECT month, (r ->> 0)::uuid AS customer_id, r ->> 1 AS line, (r ->> 2)::numeric AS revenue,
      (r ->> 3)::bigint AS pieces, (r ->> 4)::numeric AS weight_kg, (r ->> 5)::bigint AS version, org_id, usage_file_id
    FROM (SELECT payload ->> 'month' AS month, payload ->> 'org_id' AS org_id,
            (payload ->> 'usage_file_id')::uuid AS usage_file_id, payload -> 'rows' AS rows
          FROM {WRITTEN} WHERE {of_types((UsageRecorded.TYPE, UsageCorrected.TYPE))} OFFSET 0) AS event,
      jsonb_array_elements(rows) AS r OFFSET 0
"""  # noqa: S608 - constants
TOLD_ONCE = f"""
    SELECT month, customer_id, line, version, count(*) AS times, min(revenue) AS revenue, min(pieces) AS pieces,
      min(weight_kg) AS weight_kg, min(org_id) AS org_id, (array_agg(usage_file_id))[1] AS usage_file_id
    FROM ({TOLD}) AS row GROUP BY month, customer_id, line, version
"""  # noqa: S608 - constants
TOLD_ROWS = f"""
    SELECT *, version = max(version) OVER (PARTITION BY month, customer_id, line) AS current FROM ({TOLD_ONCE}) AS row
"""  # noqa: S608 - constants
ON_RECORD = """
    SELECT to_char(month, 'YYYY-MM') AS month, customer_id, line, version, 1 AS times, revenue, pieces, weight_kg, org_id,
      usage_file_id, current FROM usage
"""
# Sums by customer and year: months without anything, and those of 0.00, are told alike.
SUMMED = """
    SELECT customer_id || ' ' || year AS key, jsonb_build_object('org_id', org_id, 'fees', fees,
      'months', (SELECT jsonb_object_agg(place, fees) FILTER (WHERE fees > 0)
                 FROM unnest(months) WITH ORDINALITY AS month(fees, place))) AS facts FROM usage_sum
"""
ADDED_UP = """
    SELECT customer_id || ' ' || year AS key, jsonb_build_object('org_id', responsible_org_id, 'fees', sum(fees),
      'months', jsonb_object_agg(place, fees) FILTER (WHERE fees > 0)) AS facts
    FROM (SELECT customer_id, extract(year FROM month) AS year, extract(month FROM month) AS place, sum(revenue) AS fees
          FROM usage WHERE current GROUP BY customer_id, month) AS month
    JOIN customer USING (customer_id) GROUP BY customer_id, year, responsible_org_id
"""
FIGURES = ("revenue", "pieces", "weight_kg", "org_id", "usage_file_id", "current", "times")
# Order does not count in a sum of hashes.
HASH = """sum(hashtextextended(concat_ws('|', customer_id, line, version, revenue::numeric(16,2), org_id) COLLATE "C", 0)
  ::numeric)::text"""


def _rows(sql: str) -> str:
    return rows_of(
        f"({sql}) AS row", "(month || ' ' || customer_id || ' ' || line || ' version ' || version)", FIGURES
    )


def _months(sql: str, *, weighed: bool) -> str:
    """Months as they add up; only tiering keeps pieces and weights."""
    weights = (
        ", 'pieces', sum(pieces)::text, 'weight_kg', sum(weight_kg)::numeric(20,3)::text" if weighed else ""
    )
    return f"""
        SELECT month AS key, jsonb_build_object('rows', count(*), 'revenue', sum(revenue)::numeric(20,2)::text,
          'hash', {HASH}{weights}) AS facts FROM ({sql}) AS row GROUP BY month
    """  # noqa: S608 - constants


USAGE: Sequence[Comparison] = (
    Comparison("tiering usage", Side("tiering", _rows(ON_RECORD)), Side("tiering", _rows(TOLD_ROWS))),
    Comparison(
        "tiering usage of months",
        Side("tiering", _months(f"SELECT * FROM ({ON_RECORD}) AS row WHERE current", weighed=True)),  # noqa: S608
        Side("tiering", _months(f"SELECT * FROM ({TOLD_ROWS}) AS row WHERE current", weighed=True)),  # noqa: S608
    ),
    Comparison("tiering sums of years", Side("tiering", SUMMED), Side("tiering", ADDED_UP)),
    Comparison(
        "tiering usage of files",
        Side("tiering", rows_of("usage_file WHERE loaded_rows > 0", "id", ("loaded_rows",))),
        Side(
            "tiering",
            """SELECT usage_file_id::text AS key, jsonb_build_object('loaded_rows', count(*)) AS facts
               FROM usage WHERE usage_file_id IS NOT NULL GROUP BY 1""",
        ),
    ),
    Comparison(
        "scoring usage of months",
        Side("scoring", _months("SELECT * FROM usage_row", weighed=False)),
        Side("tiering", _months(f"SELECT * FROM ({ON_RECORD}) AS row WHERE current", weighed=False)),  # noqa: S608
    ),
)
