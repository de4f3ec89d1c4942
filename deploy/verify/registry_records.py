"""The registry's tables whose rows are told of by events, and what both must share."""

from collections.abc import Mapping, Sequence

from deploy.verify.record import Record, same

ORGANISATION = same(
    *("parent_id", "kind", "name", "name_en", "division", "place_class", "orgpath", "adoptions"),
    *("successor_id", "valid_from", "valid_to"),
)
STAFF = same("staff_no", "name", "org_id", "roles", "deputy_id", "absences", "active")
DIRECTORY: Sequence[tuple[str, str, Mapping[str, str]]] = (
    ("organisation", "org_id", ORGANISATION),
    ("staff", "staff_id", STAFF),
)
REGISTRY: Sequence[Record] = (
    *(Record("registry", table, key, table, fields) for table, key, fields in DIRECTORY),
    Record(
        "registry",
        "customer",
        "customer_id",
        "customer",
        {
            **same("customer_code", "credit_code", "state", "nature", "division", "place_class", "vip"),
            **same("industry", "importance", "importance_level", "initial_class", "manager_id", "phone_keys"),
            **same("supports", "prospect_score", "group_id"),
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
        same("customer_id", "org_id", "level", "staff_id", "kind", "leader", "visited_on", "state"),
    ),
    Record(
        "registry",
        "symposium",
        "symposium_id",
        "symposium",
        same("org_id", "held_on", "customers"),
        ("registry.symposium.held.v1",),
    ),
    Record(
        "registry",
        "declaration",
        "declaration_id",
        "declaration",
        same("state", "org_id", "city_org_id", "customer_id", "submitted_by", "lines", "reasons"),
        ("registry.declaration.submitted.v1",),
    ),
    Record(
        "registry",
        "claim",
        "claim_id",
        "claim",
        same("state", "org_id", "customer_id", "declaration_id", "line", "since", "until", "renewals"),
        ("registry.claim.granted.v1",),
    ),
    Record(
        "registry",
        "development_case",
        "case_id",
        "development-case",
        {
            **same("state", "step", "org_id", "city_org_id", "customer_id", "lines", "demand", "owner_id"),
            **same("filed_at", "score", "project_state"),
        },
    ),
    Record(
        "registry",
        "assignment",
        "customer_id",
        "assignment",
        {
            **same("manager_id", "supports", "credit", "valid_from", "valid_to"),
            "org_id": "responsible.org_id",
        },
    ),
    Record(
        "registry",
        "dispute",
        "dispute_id",
        "dispute",
        {
            **same("customer_id", "kind", "origin", "lines", "parties", "org_id", "ruling_org_id", "state"),
            **same("opened_at", "evidence_until", "due_at", "award"),
        },
        ("registry.dispute.opened.v1",),
        # What has no award yet tells of one of no shares.
        """SELECT dispute_id, version, customer_id, kind, origin, lines, parties, org_id, ruling_org_id, state, opened_at,
          evidence_until, due_at, COALESCE(award, '[]') AS award FROM dispute""",
    ),
    Record(
        "registry",
        "market_group",
        "group_id",
        "group",
        same("org_id", "kind", "name", "division", "members"),
    ),
)
