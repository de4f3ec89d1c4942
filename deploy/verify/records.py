"""The tables whose rows are told of by events, and what both must share."""

from collections.abc import Sequence

from deploy.verify.desk_records import DESK
from deploy.verify.record import Record, same
from deploy.verify.registry_records import REGISTRY

RECORDS: Sequence[Record] = (
    *REGISTRY,
    *DESK,
    Record(
        "tiering",
        "usage_month",
        "unit_month",
        "usage",
        same("org_id", "month"),
        rows="""SELECT org_id || ':' || to_char(month, 'YYYY-MM') AS unit_month, org_id, to_char(month, 'YYYY-MM') AS month,
          version FROM usage_month WHERE version > 0""",
    ),
    Record(
        "tiering",
        "usage_month missing",
        "unit_month",
        "usage-filing",
        same("org_id", "month"),
        ("tiering.usage-file.missing.v1",),
        """SELECT org_id || ':' || to_char(month, 'YYYY-MM') AS unit_month, org_id, to_char(month, 'YYYY-MM') AS month,
          1 AS version FROM usage_month WHERE missing_told_at IS NOT NULL""",
    ),
    Record(
        "tiering",
        "usage_file",
        "id",
        "usage-file",
        same("org_id", "month", "state", "rows", "refused_rows", "received_at", "late"),
        ("tiering.usage-file.loaded.v1",),
        """SELECT id, org_id, to_char(month, 'YYYY-MM') AS month, state, rows, refused_rows, received_at, late, 1 AS version
          FROM usage_file WHERE state = 'loaded'""",
    ),
    Record(
        "tiering",
        "tier",
        "customer_id",
        "tier",
        same("scheme", "tier", "class", "service_class", "basis", "valid_from", "review_id"),
        # A review may confirm what holds: such a row tells nothing and has the version of the one before.
        rows="""SELECT DISTINCT ON (customer_id) customer_id, scheme, tier, class, service_class, basis, valid_from,
          review_id, version FROM tier ORDER BY customer_id, version DESC, recorded""",
    ),
    Record(
        "tiering",
        "review",
        "id",
        "review",
        same("org_id", "year", "valid_from", "customers", "changed", "overridden", "published_by"),
        ("tiering.review.published.v1",),
        """SELECT id, org_id, year, valid_from, customers, changed, overridden, published_by, 1 AS version
          FROM review WHERE state IN ('published', 'superseded')""",
    ),
    Record(
        "tiering",
        "review_correction",
        "id",
        "review-correction",
        same(
            "review_id",
            "org_id",
            "year",
            "number",
            "reason",
            "valid_from",
            "customers",
            "changed",
            "approved_by",
        ),
        ("tiering.review.corrected.v1",),
        """SELECT c.id, c.review_id, c.org_id, c.number, c.reason, c.customers, c.changed, c.decided_by AS approved_by,
          r.year, r.valid_from, 1 AS version
          FROM review_correction c JOIN review r ON r.id = c.review_id WHERE c.state = 'approved'""",
    ),
    Record(
        "tiering",
        "report",
        "id",
        "report",
        same("org_id", "kind", "month", "customers", "filed_on", "filed_with_province"),
        ("tiering.report.filed.v1",),
        """SELECT id, org_id, kind, to_char(month, 'YYYY-MM') AS month, customers, filed_on, filed_with_province,
          1 AS version FROM report""",
    ),
    Record(
        "pricing",
        "tariff_request",
        "id",
        "tariff-request",
        {
            **same("customer_id", "org_id", "lines", "state", "level", "deciding_org_id", "requested_at"),
            **same("level_since", "answered_at", "late", "filed_with_province", "because"),
        },
        ("pricing.tariff.requested.v1",),
        """SELECT id, version, customer_id, org_id, lines, state, level, deciding_org_id, requested_at, answered_at,
          filed_with_province, because, levels -> -1 -> 'since' AS level_since,
          (SELECT COALESCE(jsonb_agg(s -> 'level' ORDER BY n), '[]') FROM jsonb_array_elements(levels) WITH ORDINALITY l(s, n)
           WHERE jsonb_typeof(s -> 'late') = 'object') AS late FROM tariff_request""",
    ),
    Record(
        "pricing",
        "agreement",
        "id",
        "agreement",
        {
            **same("customer_id", "org_id", "lines", "state", "settlement_days", "starts_on"),
            **same("because"),
            "last_day": "ends_on",
        },
        ("pricing.agreement.signed.v1",),
        # A draft has told nothing.
        """SELECT id, version, customer_id, org_id, lines, state, settlement_days, starts_on, because,
          COALESCE(ended_on, ends_on) AS last_day FROM agreement WHERE version > 0""",
    ),
    Record(
        "pricing",
        "account",
        "customer_id",
        "arrears",
        same("oldest_due_on"),
        rows="SELECT customer_id, version, oldest_due_on FROM account WHERE version > 0",
    ),
    Record(
        "pricing",
        "account credit",
        "customer_id",
        "credit",
        {"credit_state": "state"},
        rows="""SELECT customer_id, credit_version AS version, credit_state FROM account WHERE credit_version > 0""",
    ),
    Record(
        "scoring",
        "score",
        "id",
        "score",
        {
            **same(
                "org_id", "period", "score_version", "rank", "lines", "total", "assessed", "share", "seal"
            ),
            **same("published_at", "published_by"),
            "sealed": "seal",
        },
        ("scoring.score.published.v1",),
        """SELECT id, org_id, period, version AS score_version, rank, seal, published_at, published_by, 1 AS version,
          body -> 'lines' AS lines, body -> 'total' AS total, body -> 'assessed' AS assessed, body -> 'share' AS share, sealed
          FROM (SELECT id, org_id, period, version, rank, seal, published_at, published_by,
            encode(sha256(body), 'hex') AS sealed, convert_from(body, 'UTF8')::jsonb AS body FROM score) s""",
    ),
    Record(
        "scoring",
        "notice",
        "id",
        "notice",
        same("org_id", "period", "published_at", "published_by"),
        ("scoring.notice.published.v1",),
        "SELECT id, org_id, period, published_at, published_by, 1 AS version FROM notice",
    ),
)
