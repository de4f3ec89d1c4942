"""The law on classes as sample organisations adopt it, and figures rated by it in a database of tiering."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.directory import EMPTY
from chassis.ids import uuid7
from regulations.rulebook import Adoption
from support.service import ServiceUnderTest
from tiering.handlers.law import class_law
from tiering.policies.law import ClassLaw
from tiering.policies.sheets import Unit, sheet

SINCE = date(2009, 1, 1)
DAY = date(2026, 1, 1)
ADOPTED = replace(
    EMPTY,
    adoptions={
        "420000": [Adoption("hubei", None, SINCE), Adoption("platform", None, SINCE)],
        "420800": [Adoption("xxx-city-daily", None, SINCE)],
        "420200": [Adoption("dezhou-ems", None, SINCE)],
    },
)
CUSTOMERS = """
INSERT INTO customer (customer_id, name, state, place_class, importance, importance_level, registered_on, responsible_org_id)
SELECT c.customer_id, '样本', 'registered', c.place, c.importance, c.importance_level, '2020-01-01', c.org_id
FROM jsonb_to_recordset($1::jsonb) AS c(customer_id uuid, place text, importance text, importance_level text, org_id text)
RETURNING 1
"""
USAGE = """
INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, recorded)
SELECT u.customer_id, 'domestic-express', u.month, 1, u.fees, 1, 1, '420106', now()
FROM jsonb_to_recordset($1::jsonb) AS u(customer_id uuid, month date, fees numeric) RETURNING 1
"""
AGREEMENTS = """
INSERT INTO agreement (agreement_id, customer_id, org_id, state, settlement_days, starts_on, pricing_version)
SELECT uuidv7(), c, '420106', 'signed', 30, '2020-01-01', 1 FROM unnest($1::uuid[]) AS c RETURNING 1
"""
ARREARS = """
INSERT INTO arrears (customer_id, org_id, oldest_due_on, pricing_version)
SELECT c, '420106', d, 1 FROM unnest($1::uuid[], $2::date[]) AS a(c, d) RETURNING 1
"""
RATED = """
WITH told AS MATERIALIZED (SELECT t, t.profile FROM told_laws($1::jsonb -> 'laws') t)
SELECT r.*, b.because
FROM rating($1::jsonb, '2025-01-01', '2025-12-01', 2024, '2025-12-31', '2026-01-01') r JOIN told USING (profile)
CROSS JOIN LATERAL because_of(r, told.t, '2025-01-01', '2025-12-01', NULL::line_override) b
WHERE r.customer_id = ANY ($2)
"""


def law_at(city: str) -> ClassLaw:
    """Give the law of a city of the province."""
    return class_law(ADOPTED, ["CN", "420000", city], DAY)


HUBEI = law_at("420100")
XXX = law_at("420800")
DEZHOU = law_at("420200")


@dataclass(frozen=True)
class Figures:
    """What a customer is rated by: fees of 2025, of 2024 and of December; `rank` in its bureau needs fees."""

    fees: Decimal
    place: str = "wuhan"
    level: str = "city"
    last_year_fees: Decimal = Decimal("0.00")
    month_fees: Decimal = Decimal("0.00")
    agreement: bool = False
    rank: int | None = None
    importance: str | None = None
    importance_level: str | None = None
    overdue_days: int = 0


@dataclass(frozen=True)
class Outcome:
    """What rating gave; `table_class` before arrears, `cls` after."""

    scheme: str
    tier: str | None
    cls: int | None
    table_class: int | None
    eligible: bool
    because: Mapping[str, Any]

    @property
    def rules(self) -> set[str]:
        """The rules that bore on it."""
        return {reason["rule"] for reason in self.because["reasons"]}

    @property
    def inputs(self) -> dict[str, Any]:
        """Every input named anywhere."""
        return {name: value for reason in self.because["reasons"] for name, value in reason["inputs"].items()}


def figures(fees: str | Decimal = "0.00", **facts: Any) -> Figures:
    """Give the figures of a Wuhan customer with these fees of the year and nothing else."""
    return Figures(Decimal(fees), **facts)


async def rated(tiering: ServiceUnderTest, law: ClassLaw, given: Sequence[Figures]) -> list[Outcome]:
    """Rate customers with these figures, each in a bureau of its own with as many rivals as its rank needs."""
    ids = [uuid7() for _ in given]
    rivals = [
        (uuid7(), customer_id, one.fees + place)
        for customer_id, one in zip(ids, given, strict=True)
        for place in range(1, one.rank or 1)
    ]
    await tiering.rows(CUSTOMERS, _customers(ids, given, rivals))
    await tiering.rows(USAGE, _usage(ids, given, rivals))
    await tiering.rows(AGREEMENTS, [one for one, facts in zip(ids, given, strict=True) if facts.agreement])
    owing = {one: facts.overdue_days for one, facts in zip(ids, given, strict=True) if facts.overdue_days}
    await tiering.rows(ARREARS, list(owing), [DAY - timedelta(days) for days in owing.values()])
    units = [
        Unit(str(one), 0, str(one) if facts.rank else None, facts.level, facts.place)
        for one, facts in zip(ids, given, strict=True)
    ]
    rows = await tiering.rows(RATED, json.dumps(sheet(units, {0: law})), ids)
    found = {row["customer_id"]: _outcome(row) for row in rows}
    return [found[customer_id] for customer_id in ids]


def _customers(
    ids: Sequence[UUID], given: Sequence[Figures], rivals: Sequence[tuple[UUID, UUID, Decimal]]
) -> str:
    own = [
        {**asdict(facts), "customer_id": one, "org_id": one} for one, facts in zip(ids, given, strict=True)
    ]
    others = [{"customer_id": rival, "org_id": of} for rival, of, _ in rivals]
    return json.dumps([*own, *others], default=str)


def _usage(
    ids: Sequence[UUID], given: Sequence[Figures], rivals: Sequence[tuple[UUID, UUID, Decimal]]
) -> str:
    months = [
        (one, month, fees)
        for one, facts in zip(ids, given, strict=True)
        for month, fees in (
            ("2024-06-01", facts.last_year_fees),
            ("2025-02-01", facts.fees - facts.month_fees),
            ("2025-12-01", facts.month_fees),
        )
    ]
    months += [(rival, "2025-02-01", fees) for rival, _, fees in rivals]
    return json.dumps(
        [{"customer_id": one, "month": month, "fees": fees} for one, month, fees in months], default=str
    )


def _outcome(row: Mapping[str, Any]) -> Outcome:
    return Outcome(
        row["scheme"],
        row["tier"],
        row["class"],
        row["table_class"],
        row["eligible"],
        json.loads(row["because"]),
    )
