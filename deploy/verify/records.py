"""The tables whose rows are told of by events, and what both must share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """A table whose rows are told of by events: its key, its aggregate's kind and the fields that both must share.

    `fields` maps a column to the path in the event's data. `once` are event types that each row has exactly one of.
    `rows` reads them where they are not simply the table's, each with the version that its newest event has.
    """

    service: str
    table: str
    key: str
    aggregate: str
    fields: Mapping[str, str]
    once: Sequence[str] = ()
    rows: str = ""

    @property
    def select(self) -> str:
        """What reads the rows."""
        columns = dict.fromkeys((self.key, "version", *self.fields))
        return self.rows or f"SELECT {', '.join(columns)} FROM {self.table}"  # noqa: S608 - names of our own


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


ORGANISATION = _same(
    *("parent_id", "kind", "name", "name_en", "division", "place_class", "orgpath", "adoptions"),
    *("successor_id", "valid_from", "valid_to"),
)
STAFF = _same("staff_no", "name", "org_id", "roles", "deputy_id", "absences", "active")
DIRECTORY: Sequence[tuple[str, str, Mapping[str, str]]] = (
    ("organisation", "org_id", ORGANISATION),
    ("staff", "staff_id", STAFF),
)
RECORDS: Sequence[Record] = (
    *(Record("registry", table, key, table, fields) for table, key, fields in DIRECTORY),
    Record(
        "registry",
        "customer",
        "customer_id",
        "customer",
        {
            **_same("customer_code", "credit_code", "state", "nature", "division", "place_class", "vip"),
            **_same(
                "industry", "importance", "importance_level", "initial_class", "manager_id", "phone_keys"
            ),
            **_same("supports"),
            "org_id": "responsible.org_id",
            "filed_on": "file.filed_on",
            "filed_with_province_on": "file.filed_with_province_on",
            "file_completeness": "file.completeness",
        },
    ),
    Record(
        "registry",
        "visit",
        "visit_id",
        "visit",
        _same("customer_id", "org_id", "level", "staff_id", "kind", "leader", "visited_on", "state"),
    ),
    Record(
        "registry",
        "symposium",
        "symposium_id",
        "symposium",
        _same("org_id", "held_on", "customers"),
        ("registry.symposium.held.v1",),
    ),
    Record(
        "registry",
        "declaration",
        "declaration_id",
        "declaration",
        _same("state", "org_id", "city_org_id", "customer_id", "submitted_by", "lines", "reasons"),
        ("registry.declaration.submitted.v1",),
    ),
    Record(
        "registry",
        "claim",
        "claim_id",
        "claim",
        _same("state", "org_id", "customer_id", "declaration_id", "line", "since", "until", "renewals"),
        ("registry.claim.granted.v1",),
    ),
    Record(
        "registry",
        "development_case",
        "case_id",
        "development-case",
        {
            **_same("state", "step", "org_id", "city_org_id", "customer_id", "lines", "demand", "owner_id"),
            **_same("filed_at", "score", "project_state"),
        },
    ),
    Record(
        "registry",
        "assignment",
        "customer_id",
        "assignment",
        {**_same("manager_id", "supports", "valid_from", "valid_to"), "org_id": "responsible.org_id"},
    ),
    Record(
        "service-desk",
        "complaint",
        "id",
        "complaint",
        {
            **_same("case_no", "state", "cycle", "level", "channel", "category", "cause", "link", "org_id"),
            **_same("customer_id", "satisfaction", "received_at"),
            "first_responder_org_id": "first_responder.org_id",
            "handler_org_id": "handler.org_id",
        },
        ("service-desk.complaint.received.v1",),
    ),
    Record(
        "service-desk",
        "compensation",
        "id",
        "compensation",
        {
            **_same("case_no", "state", "channel", "cause", "above_limit", "complaint_case_no", "org_id"),
            **_same("customer_id", "received_at"),
            "first_responder_org_id": "first_responder.org_id",
        },
        ("service-desk.compensation.filed.v1",),
    ),
    Record(
        "service-desk",
        "liability",
        "compensation_id",
        "liability",
        {**_same("case_no", "state", "above_limit", "org_id"), "creditor_org_id": "creditor.org_id"},
        rows="""SELECT compensation_id, case_no, state, above_limit, org_id, creditor_org_id, version FROM liability
          WHERE version > 0""",
    ),
    Record(
        "service-desk",
        "service_request",
        "id",
        "service-request",
        _same(
            "case_no", "state", "kind", "priority", "vip", "org_id", "customer_id", "received_at", "wanted_by"
        ),
        ("service-desk.service-request.opened.v1",),
    ),
    Record(
        "service-desk",
        "emergency",
        "id",
        "emergency",
        _same("situation", "org_id", "from_at", "until_at", "ended_at"),
        ("service-desk.emergency.declared.v1",),
    ),
    Record(
        "tiering",
        "usage_month",
        "unit_month",
        "usage",
        _same("org_id", "month"),
        rows="""SELECT org_id || ':' || to_char(month, 'YYYY-MM') AS unit_month, org_id, to_char(month, 'YYYY-MM') AS month,
          version FROM usage_month WHERE version > 0""",
    ),
    Record(
        "tiering",
        "usage_month missing",
        "unit_month",
        "usage-filing",
        _same("org_id", "month"),
        ("tiering.usage-file.missing.v1",),
        """SELECT org_id || ':' || to_char(month, 'YYYY-MM') AS unit_month, org_id, to_char(month, 'YYYY-MM') AS month,
          1 AS version FROM usage_month WHERE missing_told_at IS NOT NULL""",
    ),
    Record(
        "tiering",
        "usage_file",
        "id",
        "usage-file",
        _same("org_id", "month", "state", "rows", "refused_rows", "received_at", "late"),
        ("tiering.usage-file.loaded.v1",),
        """SELECT id, org_id, to_char(month, 'YYYY-MM') AS month, state, rows, refused_rows, received_at, late, 1 AS version
          FROM usage_file WHERE state = 'loaded'""",
    ),
    Record(
        "tiering",
        "tier",
        "customer_id",
        "tier",
        _same("scheme", "tier", "class", "service_class", "basis", "valid_from", "review_id"),
        # A review may confirm what holds: such a row tells nothing and has the version of the one before.
        rows="""SELECT DISTINCT ON (customer_id) customer_id, scheme, tier, class, service_class, basis, valid_from,
          review_id, version FROM tier ORDER BY customer_id, version DESC, recorded""",
    ),
    Record(
        "tiering",
        "review",
        "id",
        "review",
        _same("org_id", "year", "valid_from", "customers", "changed", "overridden", "published_by"),
        ("tiering.review.published.v1",),
        """SELECT id, org_id, year, valid_from, customers, changed, overridden, published_by, 1 AS version
          FROM review WHERE state <> 'proposed'""",
    ),
    Record(
        "tiering",
        "report",
        "id",
        "report",
        _same("org_id", "kind", "month", "customers", "filed_on", "filed_with_province"),
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
            **_same("customer_id", "org_id", "lines", "state", "level", "deciding_org_id", "requested_at"),
            **_same("level_since", "answered_at", "late", "filed_with_province", "because"),
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
            **_same("customer_id", "org_id", "lines", "state", "settlement_days", "starts_on"),
            **_same("because"),
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
        _same("oldest_due_on"),
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
            **_same(
                "org_id", "period", "score_version", "rank", "lines", "total", "assessed", "share", "seal"
            ),
            **_same("published_at", "published_by"),
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
        _same("org_id", "period", "published_at", "published_by"),
        ("scoring.notice.published.v1",),
        "SELECT id, org_id, period, published_at, published_by, 1 AS version FROM notice",
    ),
)
