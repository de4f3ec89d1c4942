"""What tables of one service must say alike: classes and what was told of them, bills and what was paid."""

from collections.abc import Sequence

from contracts.tiering import TierChanged
from deploy.verify.comparisons import WRITTEN, Comparison, Side, events_of, of_data, rows_of

TOLD_AS = ("scheme", "tier", "class", "service_class", "basis", "valid_from", "review_id")
# The first row of each version is the one that was told.
TIERS = f"""(SELECT DISTINCT ON (customer_id, version) customer_id, version, {", ".join(TOLD_AS)} FROM tier
  ORDER BY customer_id, version, recorded) AS first"""  # noqa: S608 - constants


def _within(name: str, service: str, kept: str, told: str) -> Comparison:
    return Comparison(name, Side(service, kept), Side(service, told))


OWN: Sequence[Comparison] = (
    _within(
        "tiering tier of every version",
        "tiering",
        rows_of(TIERS, "(customer_id || ' version ' || version)", TOLD_AS),
        events_of(
            WRITTEN,
            (TierChanged.TYPE,),
            "(payload ->> 'customer_id') || ' version ' || version",
            of_data(*TOLD_AS),
        ),
    ),
    _within(
        "tiering tier that a review confirmed",
        "tiering",
        rows_of("tier", "(customer_id || ' ' || recorded)", ("class",)),
        """SELECT customer_id || ' ' || recorded AS key, jsonb_build_object('class',
             first_value(class) OVER (PARTITION BY customer_id, version ORDER BY recorded)) AS facts FROM tier""",
    ),
    _within(
        "tiering review and its classes",
        "tiering",
        rows_of("review WHERE state IN ('published', 'superseded') AND changed > 0", "id", ("changed",)),
        f"""SELECT payload ->> 'review_id' AS key, jsonb_build_object('changed', count(*)) AS facts FROM {WRITTEN}
            WHERE type = '{TierChanged.TYPE}' AND payload ->> 'basis' = 'review' GROUP BY 1""",  # noqa: S608
    ),
    _within(
        "tiering corrections of a review and their classes",
        "tiering",
        """SELECT review_id::text AS key, jsonb_build_object('changed', sum(changed)) AS facts FROM review_correction
           WHERE state = 'approved' GROUP BY review_id HAVING sum(changed) > 0""",
        f"""SELECT payload ->> 'review_id' AS key, jsonb_build_object('changed', count(*)) AS facts FROM {WRITTEN}
            WHERE type = '{TierChanged.TYPE}' AND payload ->> 'basis' = 'correction' GROUP BY 1""",  # noqa: S608
    ),
    _within(
        "pricing bill and its settlements",
        "pricing",
        rows_of("bill WHERE settled > 0", "(customer_id || ' ' || month)", ("settled",)),
        """SELECT customer_id || ' ' || month AS key, jsonb_build_object('settled', sum(amount)) AS facts
           FROM settlement GROUP BY customer_id, month""",
    ),
    _within(
        "pricing account and its bills",
        "pricing",
        rows_of("account WHERE oldest_due_on IS NOT NULL", "customer_id", ("oldest_due_on",)),
        """SELECT customer_id::text AS key, jsonb_build_object('oldest_due_on', min(due_on)) AS facts
           FROM bill WHERE settled < amount GROUP BY customer_id""",
    ),
    _within(
        "pricing open lines",
        "pricing",
        rows_of("tariff_open", "(customer_id || ' ' || line)", ("tariff_request_id", "org_id")),
        """SELECT customer_id || ' ' || line AS key,
             jsonb_build_object('tariff_request_id', id, 'org_id', org_id) AS facts
           FROM tariff_request, unnest(lines) AS line WHERE state = 'open'""",
    ),
)
