"""Who compares months, and what may be asked."""

from typing import Any

import pytest

from support.months import figures_settle, month_of
from support.service import (
    DIRECTOR,
    FAR_HEAD,
    FINANCE,
    HEAD,
    INSPECTOR,
    MANAGER,
    OBSERVER,
    OFFICER,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    expect,
)
from support.tiering import planted

AGENT = Person("420100", "hotline-agent")
COLLEAGUE = Person("420106-T01", "account-manager")
BYS = ("customer", "unit", "line", "class")


async def test_a_foreign_scope_sees_nothing(tiering: ServiceUnderTest) -> None:
    customer = await planted(tiering)
    await month_of(tiering, customer, "2026-01", "123456.78")
    await figures_settle(tiering)
    for by in BYS:
        answer = await tiering.get(FAR_HEAD, "/comparisons", by=by, month="2026-01")
        assert expect(answer, 200)["items"] == [], by
        assert expect(await tiering.get(FAR_HEAD, "/comparisons", by=by, org_id="420106"), 404)
    assert expect(await tiering.get(FAR_HEAD, "/comparisons", customer=customer.code), 200)["items"] == []
    assert expect(await tiering.get(FAR_HEAD, "/overview", org_id="420106"), 404)
    assert expect(await tiering.get(HEAD, "/overview", org_id="420100"), 404)


async def test_revenue_is_compared_by_who_may_see_it(tiering: ServiceUnderTest) -> None:
    own = await planted(tiering, manager_id=str(MANAGER.staff_id))
    await planted(tiering)
    await month_of(tiering, own, "2026-01", "5.00")
    for person in (HEAD, OFFICER, DIRECTOR, PROVINCE_OFFICER, INSPECTOR):
        for by in BYS:
            expect(await tiering.get(person, "/comparisons", by=by), 200)
        expect(await tiering.get(person, "/overview"), 200)
    for person in (AGENT, FINANCE, OBSERVER):
        expect(await tiering.get(person, "/comparisons"), 403)
        expect(await tiering.get(person, "/overview"), 403)
    listed = expect(await tiering.get(MANAGER, "/comparisons"), 200)
    assert [item["customer_id"] for item in listed["items"]] == [str(own.customer_id)]
    assert expect(await tiering.get(COLLEAGUE, "/comparisons"), 200)["items"] == []
    for by in BYS[1:]:
        expect(await tiering.get(MANAGER, "/comparisons", by=by), 403)
    expect(await tiering.get(MANAGER, "/overview"), 403)


@pytest.mark.parametrize(
    "asked",
    [
        {"month": "2026-04"}, {"month": "1999-12"}, {"month": "0001-01"}, {"month": "x"}, {"by": "colour"},
        {"by": "unit", "class": 1}, {"by": "class", "kind": "city"}, {"sort": "name"}, {"colour": "red"},
        {"by": "line", "customer": "1"}, {"sort": "revenue", "cursor": "x"},
    ],
)  # fmt: skip
async def test_what_cannot_be_compared_is_refused(tiering: ServiceUnderTest, asked: dict[str, Any]) -> None:
    expect(await tiering.get(OFFICER, "/comparisons", **asked), 422)


async def test_the_month_is_the_last_that_is_over_and_the_running_one_may_be_asked(
    tiering: ServiceUnderTest,
) -> None:
    assert expect(await tiering.get(OFFICER, "/comparisons"), 200)["month"] == "2026-02"
    assert expect(await tiering.get(OFFICER, "/comparisons", month="2026-03"), 200)["month"] == "2026-03"
