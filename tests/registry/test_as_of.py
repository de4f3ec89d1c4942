"""Customers, claims, assignments and organisations as of any day and as known at any time, against a plain list."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.clock import SHANGHAI
from chassis.ids import uuid7
from chassis.transaction import Moment, Transaction, unscoped
from contracts.envelope import Event
from contracts.registry import AssignmentChanged, ResponsibleFact
from registry.queries.as_of import ALL_KNOWN, AsOf, rows_as_of
from registry.repository.rows import insert, update
from support.merging import merge, prospect, registered, unmerge
from support.registry import RIVAL, expect
from support.service import ADMINISTRATOR, MANAGER, OFFICER, ServiceUnderTest

FIRST = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
DAYS = 12
UNITS = ("420106", "420107", "420106-T01", "420106-T02")
moves = st.lists(
    st.tuples(st.integers(0, DAYS), st.integers(-3, 3), st.sampled_from(UNITS)), min_size=1, max_size=7
)


@dataclass
class Plain:
    """What is said of one customer's unit: every word with the day it holds from and when it was recorded."""

    said: list[tuple[date, datetime, int, str]] = field(default_factory=list)

    def say(self, valid_from: date, at: datetime, unit: str) -> None:
        """Record a word; what is recorded never runs backwards."""
        recorded = max([at, *(one[1] for one in self.said)])
        self.said.append((valid_from, recorded, len(self.said) + 1, unit))

    def holds(self, at: AsOf) -> str | None:
        """Give the word that holds: the one that began last, of equal beginnings the last recorded."""
        known = [one for one in self.said if one[0] <= at.valid and one[1] <= at.known]
        return max(known, key=lambda one: (one[0], one[2]))[3] if known else None


def told(tx: Transaction, customer_id: UUID, version: int, valid_from: date) -> Event:
    fact = AssignmentChanged(
        customer_id=customer_id,
        responsible=ResponsibleFact(org_id="420106", orgpath="CN"),
        manager_id=None,
        supports=[],
        valid_from=valid_from,
        because=None,
    )
    aggregate = f"assignment:{customer_id}"
    return tx.event(fact, aggregate=aggregate, version=version, subject=str(customer_id), orgpath="CN")


async def written(registry: ServiceUnderTest, steps: list[tuple[int, int, str]]) -> tuple[UUID, Plain]:
    """Write the versions of one assignment as the registry does, each at its time, and say the same to the list."""
    customer_id, plain = uuid7(), Plain()
    for version, (day, offset, unit) in enumerate(steps, 1):
        at = FIRST + timedelta(days=day)
        valid_from = (at + timedelta(days=offset)).date()
        plain.say(valid_from, at, unit)
        row: dict[str, Any] = {
            "customer_id": customer_id,
            "org_id": unit,
            "manager_id": uuid7(),
            "valid_from": valid_from,
            "since": at,
            "version": version,
        }
        moment = Moment("registry", at, "system:test", str(uuid7()))
        async with unscoped(registry.runtime.database.worker, moment) as tx:
            event = told(tx, customer_id, version, valid_from)
            if version == 1:
                await insert(tx, "assignment", row, [event])
            else:
                await update(tx, "assignment", "customer_id", row, [event])
    return customer_id, plain


@settings(max_examples=25, deadline=None)
@given(steps=moves)
async def test_as_of_any_day_and_as_known_at_any_time_is_what_the_list_says(
    registry: ServiceUnderTest, steps: list[tuple[int, int, str]]
) -> None:
    customer_id, plain = await written(registry, steps)
    source = rows_as_of("assignment", "customer_id", ends=True)
    sql = f"SELECT a.org_id FROM {source} a WHERE a.customer_id = $3"
    for day in range(-4, DAYS + 5, 2):
        for known in (*range(0, DAYS + 1, 3), None):
            at = AsOf(
                (FIRST + timedelta(days=day)).date(),
                ALL_KNOWN if known is None else FIRST + timedelta(days=known, hours=1),
            )
            rows = await registry.rows(sql, *at.given, customer_id)
            assert [row["org_id"] for row in rows] == [one for one in [plain.holds(at)] if one]


async def test_every_version_of_every_record_is_kept(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    await unmerge(registry, merged["customer_code"])
    own = f"customer_id IN ('{survivor['customer_id']}', '{merged['customer_id']}')"
    kept = {
        "customer": ("customer_id", own),
        "claim": ("claim_id", own),
        "assignment": ("customer_id", own),
        "organisation": ("org_id", "org_id ^@ '4201'"),
    }
    for table, (key, whose) in kept.items():
        rows = await registry.rows(
            f"SELECT t.version, (SELECT count(*) FROM {table}_version v WHERE v.{key} = t.{key}) AS kept"
            f" FROM {table} t WHERE {whose}"
        )
        assert rows, table
        assert [row for row in rows if row["version"] != row["kept"]] == [], table


async def test_a_customer_is_shown_as_it_was_before_the_merge(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    before = registry.runtime.clock.now()
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    key = merged["customer_code"]
    body = await expect(registry.get(OFFICER, f"/customers/{key}", known=before.isoformat()), 200)
    assert (body["customer_id"], body["state"]) == (merged["customer_id"], "registered")
    assert [one["line"] for one in body["claims"]] == ["ceremonial"]
    body = await expect(registry.get(OFFICER, f"/customers/{key}", valid="2026-03-02"), 200)
    assert (body["customer_id"], body["state"], body["claims"]) == (merged["customer_id"], "merged", [])
    await expect(registry.get(OFFICER, f"/customers/{key}", valid="2026-03-01"), 404)


async def test_lists_are_read_as_they_were(registry: ServiceUnderTest) -> None:
    one = await prospect(registry, MANAGER, "ceremonial")
    before = registry.runtime.clock.now().isoformat()
    await expect(registry.post(MANAGER, f"/declarations/{one['id']}/withdraw", {"reason": "无意"}), 200)
    asked = {"customer_id": one["customer_id"], "state": "live"}
    now = await expect(registry.get(OFFICER, "/claims", **asked), 200)
    then = await expect(registry.get(OFFICER, "/claims", known=before, **asked), 200)
    assert (now["total"], then["total"]) == (0, 1)
    with_line = {"q": one["customer"]["name"], "line": "ceremonial"}
    assert (await expect(registry.get(OFFICER, "/customers", **with_line), 200))["total"] == 0
    assert (await expect(registry.get(OFFICER, "/customers", known=before, **with_line), 200))["total"] == 1


async def test_an_organisation_is_read_under_its_former_name(registry: ServiceUnderTest) -> None:
    team = {"org_id": "420525-T77", "parent_id": "420525", "kind": "team", "name": "远安一班"}
    founded = await expect(
        registry.post(ADMINISTRATOR, "/organisations", {**team, "valid_from": "2009-01-01"}), 201
    )
    before = registry.runtime.clock.now().isoformat()
    path = f"/organisations/{team['org_id']}"
    await expect(registry.patch(ADMINISTRATOR, path, {"name": "远安揽投班"}, founded["version"]), 200)
    for params, name in (({}, "远安揽投班"), ({"known": before}, "远安一班")):
        asked = {"q": team["org_id"], **params}
        items = (await expect(registry.get(ADMINISTRATOR, "/organisations", **asked), 200))["items"]
        assert [one["name"] for one in items] == [name]


async def test_history_says_who_changed_what_from_what_and_why(registry: ServiceUnderTest) -> None:
    one = await registered(registry)
    body = await expect(registry.get(OFFICER, f"/customers/{one['customer_code']}"), 200)
    await expect(
        registry.patch(OFFICER, f"/customers/{one['customer_code']}", {"vip": True}, body["version"]), 200
    )
    path = f"/customers/{one['customer_code']}/history"
    items = (await expect(registry.get(OFFICER, path, kind="customer.changed"), 200))["items"]
    assert items[0]["changes"] == [{"field": "vip", "from": False, "to": True}]
    assert items[0]["by"] == OFFICER.name
    approval = (await expect(registry.get(OFFICER, path, kind="customer.registered"), 200))["items"][0]
    assert {"field": "state", "from": "prospect", "to": "registered"} in approval["changes"]
    assert approval["because"]["reasons"]
    assert "phone_keys" not in approval["data"]


async def test_the_history_of_the_survivor_holds_that_of_the_merged_one(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    path = f"/customers/{survivor['customer_code']}/history"
    items = (await expect(registry.get(OFFICER, path, limit=200), 200))["items"]
    told_of = {one["aggregate"] for one in items}
    assert {f"customer:{survivor['customer_id']}", f"customer:{merged['customer_id']}"} <= told_of
