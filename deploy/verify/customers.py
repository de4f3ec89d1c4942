"""What services keep of others' customers, classes, agreements and arrears."""

from collections.abc import Sequence

from contracts.merging import CustomerMerged, CustomerUnmerged
from contracts.pricing import AgreementEnded, AgreementSigned, ArrearsChanged
from contracts.registry import CustomerRegistered
from contracts.subscriptions import CUSTOMERS
from contracts.tiering import TierChanged
from deploy.verify.comparisons import (
    PUBLISHED,
    SHANGHAI_DAY,
    Comparison,
    Side,
    events_of,
    newest_of,
    of_data,
    of_types,
    rows_of,
)

# A customer's facts are ordered by its version; who serves it is told by two records, and the later event counts.
REGISTRY_CUSTOMERS = Side(
    "registry",
    f"""
    SELECT p.customer_id AS key, jsonb_build_object('version', COALESCE(n.version, 0), 'code', n.facts -> 'customer_code',
      'responsible_org_id', p.facts #> '{{responsible,org_id}}', 'manager_id', p.facts -> 'manager_id',
      'placed_by', p.event_id, 'supports', p.facts -> 'supports', 'registered_on', r.day)
      || (COALESCE(n.facts, '{{}}') - '{{supports,manager_id,because}}'::text[]) AS facts
    FROM (SELECT DISTINCT ON (payload ->> 'customer_id') payload ->> 'customer_id' AS customer_id, event_id,
            payload AS facts FROM {PUBLISHED}
          WHERE {of_types(CUSTOMERS)} ORDER BY payload ->> 'customer_id', event_id DESC) AS p
    LEFT JOIN (SELECT DISTINCT ON (aggregate) payload ->> 'customer_id' AS customer_id, version, payload AS facts
               FROM {PUBLISHED} WHERE aggregate ^@ 'customer:' ORDER BY aggregate, version DESC) AS n USING (customer_id)
    LEFT JOIN (SELECT payload ->> 'customer_id' AS customer_id, min({SHANGHAI_DAY}) AS day FROM {PUBLISHED}
               WHERE type = '{CustomerRegistered.TYPE}' GROUP BY 1) AS r USING (customer_id)
    """,  # noqa: S608 - constants
)
DESK = ("code", "name", "credit_code", "state", "initial_class", "vip", "division", "phone_keys")
PLACE = ("responsible_org_id", "manager_id", "placed_by")
DESK_CUSTOMERS = """(
    SELECT c.*, COALESCE((SELECT jsonb_agg(p.phone_key) FROM customer_phone p
      WHERE p.customer_id = c.customer_id), '[]') AS phone_keys FROM customer c) AS c"""
TIERING = (
    *("code", "name", "state", "division", "place_class", "importance", "importance_level", "reach", "vip"),
    *("initial_class", "registered_on"),
)
PRICING = ("code", "name", "state", "initial_class", "division", "supports")
PRICING_CUSTOMERS = """(
    SELECT c.*, COALESCE((SELECT jsonb_agg(jsonb_build_object('line', s.line, 'org_id', s.org_id)) FROM customer_support s
      WHERE s.customer_id = c.customer_id), '[]') AS supports FROM customer c) AS c"""


def _customers(service: str, table: str, columns: Sequence[str]) -> Comparison:
    names = ", ".join(dict.fromkeys(("customer_id", *columns, *PLACE)))
    versioned = f"(SELECT {names}, registry_version AS version FROM {table}) AS kept"  # noqa: S608 - constants
    kept = rows_of(versioned, "customer_id", ("version", *columns, *PLACE))
    return Comparison(f"{service} customer", Side(service, kept), REGISTRY_CUSTOMERS)


SERVED_AS = Comparison(
    "service-desk service_class",
    Side(
        "service-desk",
        rows_of(
            "(SELECT customer_id, service_class, tier_version AS version FROM customer WHERE tier_version > 0) AS kept",
            "customer_id",
            ("service_class", "version"),
        ),
    ),
    Side(
        "tiering",
        newest_of(
            PUBLISHED,
            (TierChanged.TYPE,),
            "payload ->> 'customer_id'",
            {**of_data("service_class"), "version": "version"},
        ),
    ),
)
PRICED_AS = Comparison(
    "pricing customer_class",
    Side(
        "pricing",
        rows_of("customer_class", "(customer_id || ' version ' || version)", ("valid_from", "class")),
    ),
    Side(
        "tiering",
        events_of(
            PUBLISHED,
            (TierChanged.TYPE,),
            "(payload ->> 'customer_id') || ' version ' || version",
            of_data("valid_from", "class"),
        ),
    ),
)
AGREED = ("customer_id", "org_id", "state", "settlement_days", "starts_on", "ends_on")
AGREEMENTS = Comparison(
    "tiering agreement",
    Side(
        "tiering",
        rows_of(
            f"(SELECT agreement_id, {', '.join(AGREED)}, ended_on, pricing_version AS version FROM agreement) AS kept",  # noqa: S608
            "agreement_id",
            (*AGREED, "ended_on", "version"),
        ),
    ),
    Side(
        "pricing",
        newest_of(
            PUBLISHED,
            (AgreementSigned.TYPE, AgreementEnded.TYPE),
            "payload ->> 'agreement_id'",
            {
                **of_data(*AGREED),
                "ended_on": f"CASE WHEN type = '{AgreementEnded.TYPE}' THEN {SHANGHAI_DAY} END",
                "version": "version",
            },
        ),
    ),
)
ARREARS = Comparison(
    "tiering arrears",
    Side(
        "tiering",
        rows_of(
            "(SELECT customer_id, org_id, oldest_due_on, pricing_version AS version FROM arrears) AS kept",
            "customer_id",
            ("org_id", "oldest_due_on", "version"),
        ),
    ),
    Side(
        "pricing",
        newest_of(
            PUBLISHED,
            (ArrearsChanged.TYPE,),
            "payload ->> 'customer_id'",
            {**of_data("org_id", "oldest_due_on"), "version": "version"},
        ),
    ),
)
MERGES = (CustomerMerged.TYPE, CustomerUnmerged.TYPE)


def _aliases(service: str) -> Comparison:
    return Comparison(
        f"{service} customer_alias",
        Side(service, rows_of("customer_alias", "customer_id", ("survivor_id", "version"))),
        Side(
            "registry",
            newest_of(
                PUBLISHED,
                MERGES,
                "payload ->> 'customer_id'",
                {
                    "survivor_id": f"CASE WHEN type = '{CustomerMerged.TYPE}' THEN payload #> '{{survivor,customer_id}}' END",
                    "version": "version",
                },
            ),
        ),
    )


HEARD: Sequence[Comparison] = (
    _customers("service-desk", DESK_CUSTOMERS, DESK),
    _customers("tiering", "customer", TIERING),
    _customers("pricing", PRICING_CUSTOMERS, PRICING),
    SERVED_AS,
    PRICED_AS,
    AGREEMENTS,
    ARREARS,
    *(_aliases(service) for service in ("tiering", "pricing", "service-desk", "scoring")),
)
