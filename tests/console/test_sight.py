"""On the stream a person reads of an event as much as the service behind would show their roles."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.hub import Hub
from console.model import Entry, interest
from console.sight import HANDLES, VEILS, veils_before
from contracts.catalogue import MODELS
from contracts.envelope import Event
from support.sse import subscribed

WUHAN, YICHANG = "CN.420000.420100", "CN.420000.420500"
REVENUE = {"unit-head", "center-officer", "center-director", "inspector"}
INTERNAL = REVENUE | {"account-manager"}
PRICES = INTERNAL | {"finance"}
EVERYONE = PRICES | {"hotline-agent", "observer", "system", "administrator"}
ROWS = [["01a2", "parcels", "990.00", 7, "3.500", 2, "880.00", 6, "3.000"]]
BECAUSE = {"reasons": [{"rule": "hubei.tier-thresholds", "inputs": {"fees": "120000.00"}}]}
WHOLE: dict[str, dict[str, Any]] = {
    "tiering.usage.recorded.v1": {"org_id": "420500", "month": "2026-02", "rows": [ROWS[0][:6]]},
    "tiering.usage.corrected.v1": {"org_id": "420500", "month": "2026-02", "reason": "late", "rows": ROWS},
    "tiering.tier.changed.v1": {"customer_id": "01a2", "class": 1, "former": None, "because": BECAUSE},
    "tiering.usage-file.loaded.v1": {"org_id": "420500", "month": "2026-02", "rows": 9, "refused_rows": 1},
    "tiering.review.published.v1": {"org_id": "420000", "year": 2026, "customers": 9, "changed": 3},
    "pricing.tariff.approved.v1": {"customer_id": "01a2", "lines": ["parcels"], "level": "city"},
    "pricing.agreement.signed.v1": {"customer_id": "01a2", "settlement_days": 30},
    "pricing.arrears.changed.v1": {"customer_id": "01a2", "oldest_due_on": "2026-01-31"},
    "pricing.credit.stopped.v1": {"customer_id": "01a2", "overdue_days": 95},
    "registry.dispute.ruled.v1": {"dispute_id": "01a2", "parties": ["420106", "420111"], "award": []},
    "registry.customer.changed.v1": {"customer_id": "01a2", "name": "武汉某公司", "credit_code": "9142"},
}
READERS: dict[str, set[str]] = {
    "tiering.usage.recorded.v1": REVENUE | {"system"},
    "tiering.usage.corrected.v1": REVENUE | {"system"},
    "tiering.tier.changed.v1": REVENUE,
    "tiering.usage-file.loaded.v1": REVENUE | {"system"},
    "tiering.review.published.v1": REVENUE - {"unit-head"},
    "pricing.tariff.approved.v1": PRICES,
    "pricing.agreement.signed.v1": PRICES | {"system"},
    "pricing.arrears.changed.v1": REVENUE | {"finance"},
    "pricing.credit.stopped.v1": REVENUE | {"finance"},
    "registry.dispute.ruled.v1": INTERNAL,
    "registry.customer.changed.v1": EVERYONE - {"administrator"},
}
OPEN = {
    # Whoever has a token reads these in the service, within their scope.
    *(f"{service}.deadline." for service in ("registry", "tiering", "pricing", "service-desk", "scoring")),
    *(f"registry.{thing}." for thing in ("organisation", "staff", "calendar")),
    *(f"scoring.{thing}." for thing in ("score", "notice")),
    "service-desk.",
}


def entry(type_: str, data: dict[str, Any], position: int = 1) -> Entry:
    return Entry(position, type_, YICHANG, orjson.dumps({"id": str(position), "type": type_, "data": data}))


def seen_by(type_: str, data: dict[str, Any], *roles: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(interest("CN", [], roles).shown(entry(type_, data)))["data"]
    return found


@pytest.mark.parametrize("role", sorted(EVERYONE))
@pytest.mark.parametrize("type_", sorted(WHOLE))
def test_each_role_reads_whole_what_the_service_shows_it_and_else_what_is_left(type_: str, role: str) -> None:
    whole = WHOLE[type_]
    left = {name: value for name, value in whole.items() if name in HANDLES}
    if type_ == "tiering.tier.changed.v1":
        left = {name: value for name, value in whole.items() if name != "because"}
    assert seen_by(type_, whole, role) == (whole if role in READERS[type_] else left)


@pytest.mark.parametrize("type_", sorted(WHOLE))
def test_who_has_several_roles_reads_what_any_of_them_may_and_who_has_none_the_least(type_: str) -> None:
    assert seen_by(type_, WHOLE[type_], "observer", "center-director") == WHOLE[type_]
    assert seen_by(type_, WHOLE[type_]) == seen_by(type_, WHOLE[type_], "nobody-knows-this") != WHOLE[type_]


@pytest.mark.parametrize(("rule", "seen"), [("hubei.discount-standard", False), ("hubei.claim-window", True)])
def test_what_a_confidential_rule_provides_is_for_those_who_may_see_prices(rule: str, seen: bool) -> None:
    told = {"rule": rule, "org_id": "420000", "value": {"by_class": {"1": "0.20"}}}
    for role in EVERYONE:
        shown = seen_by("registry.rule.published.v1", told, role)
        assert ("value" in shown) is (seen or role in REVENUE), role
        assert shown.items() <= told.items()


def test_of_every_event_that_there_is_somebody_said_who_may_read_it() -> None:
    said = {veil.types for veil in VEILS} | OPEN
    assert [name for name in MODELS if not name.startswith(tuple(said))] == []
    assert not [one for one in said if not any(name.startswith(one) for name in MODELS)]


def test_readers_of_equal_sight_share_one_interest_and_others_do_not() -> None:
    director, officer, hotline = (
        interest("CN", ["tiering.*"], {role})
        for role in ("center-director", "center-officer", "hotline-agent")
    )
    assert director == officer
    assert veils_before({"center-director"}) is veils_before({"center-officer"})
    assert director != hotline


async def test_the_live_end_shows_each_its_own_and_works_it_out_once_for_all_of_equal_sight() -> None:
    live = Hub(ring=10, queue=5, portion=2)
    type_ = "tiering.usage.corrected.v1"
    told = entry(type_, WHOLE[type_])
    wide, narrow = interest("CN", [], {"inspector"}), interest("CN", [], {"observer"})
    elsewhere = interest(YICHANG, [], {"observer"})
    readers = [live.join(one) for one in (wide, narrow, elsewhere)]
    await live.publish([told])
    frames = [await one.take(1) for one in readers]
    assert frames[0] == told.frame
    assert b"990.00" in frames[0]
    assert b"880.00" not in frames[1]
    assert frames[1] == frames[2]
    assert narrow.shown(told) is elsewhere.shown(told)


@pytest.mark.parametrize(
    ("account", "revenue"),
    [("10000001", True), ("10000002", True), ("10000003", False), ("10000004", False), ("bootstrap", False)],
)
async def test_live_from_the_log_and_as_history_agree(
    origin: Any, fact: Callable[..., Event], account: str, revenue: bool
) -> None:
    path = {"10000002": WUHAN, "10000003": f"{WUHAN}.420111"}.get(account, YICHANG)
    types = ("tiering.usage.corrected.v1", "tiering.tier.changed.v1")
    told = [fact(type_, path, WHOLE[type_]) for type_ in types]
    token = await origin.token(account)
    before = await origin.last()
    async with subscribed(origin.base, token) as stream:
        await origin.told(told)
        live = await stream.take(2)
    async with subscribed(origin.base, token, last_event_id=before) as stream:
        assert await stream.take(2) == live
    headers = {"Authorization": f"Bearer {token}"}
    for order in ("asc", "desc"):
        asked = {"after": before, "order": order, "limit": 2}
        page = (await origin.client.get("/v1/events", params=asked, headers=headers)).json()["items"]
        assert sorted(page, key=lambda one: one["position"]) == live
    shown = {one["type"]: one["data"] for one in live}
    assert ("rows" in shown[types[0]], "because" in shown[types[1]]) == (revenue, revenue)
    assert shown[types[1]]["class"] == 1
