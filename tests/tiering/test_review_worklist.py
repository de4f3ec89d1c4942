"""The reviewer's worklist: sorted, narrowed, exported; and the year beside the one before."""

from typing import Any

import pytest

from support.corrections import correction_approved, correction_proposed, reviewed
from support.merged import merged_fact
from support.reviewed import posted
from support.service import OFFICER, PROVINCE, PROVINCE_OFFICER, ServiceUnderTest, expect
from support.tiering import Planted, owing, planted, signed, used


async def proposed(tiering: ServiceUnderTest, year: int = 2025) -> str:
    return str(expect(await tiering.post(PROVINCE_OFFICER, "/reviews", {"year": year}), 201)["id"])


async def published(tiering: ServiceUnderTest, review_id: str) -> None:
    expect(await tiering.post(PROVINCE, f"/reviews/{review_id}/publish"), 200)


async def compared(tiering: ServiceUnderTest, review_id: str) -> dict[str, Any]:
    return dict(expect(await tiering.get(PROVINCE, f"/reviews/{review_id}/comparison"), 200))


async def four_customers(tiering: ServiceUnderTest) -> list[Planted]:
    """Plant customers of 2025: growing, shrinking and late, new without a year before, below the mark."""
    rows = (("150000", "100000"), ("110000", "220000"), ("300000", None), ("9000", "9000"))
    customers = [await planted(tiering, name=name) for name in ("乙公司", "丁公司", "甲公司", "丙公司")]
    for customer, (now, before) in zip(customers, rows, strict=True):
        await used(tiering, customer, "2025-05", now)
        if before is not None:
            await used(tiering, customer, "2024-05", before)
    await tiering.hear(signed(customers[1], settlement_days=60), owing(customers[1], "2025-11-01"))
    await tiering.hear(signed(customers[0], settlement_days=30))
    return customers


async def test_the_worklist_is_sorted_by_each_indicator_page_by_page(fresh: ServiceUnderTest) -> None:
    growing, shrinking, new, small = [customer.code for customer in await four_customers(fresh)]
    path = f"/reviews/{await proposed(fresh)}/lines"
    orders = {
        "revenue": [small, shrinking, growing, new],
        "growth": [new, shrinking, small, growing],
        "overdue_days": [None, None, None, shrinking],
        "settlement_days": [None, None, growing, shrinking],
        "class": [small, new, growing, shrinking],
        "-revenue": [new, growing, shrinking, small],
        "-growth": [growing, small, shrinking, new],
        "-class": [shrinking, growing, new, small],
    }
    for sort, expected in orders.items():
        codes: list[str] = []
        page: dict[str, Any] = {"sort": sort, "limit": 3}
        while "cursor" not in page or page["cursor"]:
            answer = expect(await fresh.get(PROVINCE, path, **page), 200)
            codes += [line["customer_code"] for line in answer["items"]]
            page["cursor"] = answer["next_cursor"]
        assert sorted(codes) == sorted([growing, shrinking, new, small]), sort
        assert [code if wanted else None for code, wanted in zip(codes, expected, strict=True)] == expected, (
            sort
        )
    expect(await fresh.get(PROVINCE, path, sort="colour"), 422)


async def test_the_worklist_is_narrowed_to_a_class_or_to_who_has_none(fresh: ServiceUnderTest) -> None:
    growing, shrinking, new, small = [customer.code for customer in await four_customers(fresh)]
    path = f"/reviews/{await proposed(fresh)}/lines"
    found = {}
    for cls in ("1", "2", "3", "4", "none"):
        answer = expect(await fresh.get(PROVINCE, path, **{"class": cls}), 200)
        found[cls] = {line["customer_code"] for line in answer["items"]}
        assert answer["total"] == len(found[cls])
    assert found == {"1": set(), "2": {new}, "3": {growing}, "4": {shrinking}, "none": {small}}
    for wrong in ("0", "-1", "nobody", ""):
        expect(await fresh.get(PROVINCE, path, **{"class": wrong}), 422)


async def test_the_worklist_is_exported_as_it_is_narrowed_with_its_reasons(fresh: ServiceUnderTest) -> None:
    _, shrinking, new, _ = await four_customers(fresh)
    path = f"/reviews/{await proposed(fresh)}/lines"
    answer = await fresh.get(PROVINCE, path, format="csv", sort="-revenue", **{"class": 2})
    head, row = answer.text.removeprefix("\ufeff").splitlines()
    cells = dict(zip(head.split(","), row.split(","), strict=True))
    assert (cells["customer_code"], cells["revenue"], cells["class"]) == (new.code, "300000.00", "2")
    assert "300000.00 元" in cells["because"]
    late = (await fresh.get(PROVINCE, path, format="csv", adjusted="true")).text
    assert shrinking.code in late and new.code not in late
    book = await fresh.get(PROVINCE, path, format="xlsx", changed="true")
    assert book.status_code == 200 and book.content.startswith(b"PK")
    expect(await fresh.get(OFFICER, path, format="csv"), 404)


async def test_a_year_is_compared_with_the_published_one_before_it(fresh: ServiceUnderTest) -> None:
    up, down, lost, came, stays = [await planted(fresh) for _ in range(5)]
    figures = (
        (up, "2024-05", "20000.00"), (up, "2025-05", "500000.00"),
        (down, "2024-05", "300000.00"), (down, "2025-05", "100000.00"),
        (lost, "2024-05", "30000.00"), (lost, "2025-05", "9999.99"),
        (came, "2024-05", "9999.99"), (came, "2025-05", "10000.00"),
        (stays, "2024-05", "100000.00"), (stays, "2025-05", "299999.99"),
    )  # fmt: skip
    for customer, month, revenue in figures:
        await used(fresh, customer, month, revenue)
    first = await proposed(fresh, 2024)
    alone = await compared(fresh, first)
    assert (alone["former"], alone["newly"]["customers"]) == (None, 4)
    await published(fresh, first)
    later = await planted(fresh, at="2025-06-01T09:00:00+08:00")
    await used(fresh, later, "2025-07", "50000.00")
    both = await compared(fresh, await proposed(fresh, 2025))
    assert (both["former"]["id"], both["former"]["year"]) == (first, 2024)
    flows = {
        (flow["from"], flow["to"], flow["in_former"]): (
            flow["customers"],
            flow["former_revenue"],
            flow["revenue"],
        )
        for flow in both["flows"]
    }
    assert flows == {
        (4, 1, True): (1, "20000.00", "500000.00"),
        (2, 3, True): (1, "300000.00", "100000.00"),
        (4, None, True): (1, "30000.00", "9999.99"),
        (None, 4, True): (1, "9999.99", "10000.00"),
        (3, 3, True): (1, "100000.00", "299999.99"),
        (None, 4, False): (1, "0", "50000.00"),
    }
    sides = {
        name: (both[name]["customers"], both[name]["revenue"])
        for name in ("newly", "no_longer", "better", "worse")
    }
    assert sides == {
        "newly": (2, "60000.00"),
        "no_longer": (1, "9999.99"),
        "better": (1, "500000.00"),
        "worse": (1, "100000.00"),
    }
    counts = {one["class"]: (one["former_customers"], one["customers"]) for one in both["classes"]}
    assert counts == {1: (0, 1), 2: (1, 0), 3: (1, 2), 4: (2, 2), None: (1, 1)}
    assert [one["class"] for one in both["classes"]] == [1, 2, 3, 4, None]


async def test_a_year_is_compared_with_the_one_before_it_as_that_stands_by_now(
    fresh: ServiceUnderTest,
) -> None:
    """Corrected classes count; who was merged did not leave; who is below every class may be a key account (art. 3)."""
    late, gone, survivor = [await planted(fresh) for _ in range(3)]
    low = await planted(fresh, importance="potential")
    figures = (
        (late, "99999.99", "100000"), (gone, "30000", "1000"), (survivor, "30000", "50000"), (low, "5000", "20000"),
    )  # fmt: skip
    fees = {one.code: {"2024-05": before, "2025-05": now} for one, before, now in figures}
    await posted(fresh, fees)
    review = await reviewed(fresh, 2024)
    await posted(fresh, {late.code: {"2024-06": "0.01"}})
    await correction_approved(fresh, await correction_proposed(fresh, review))
    await fresh.hear(
        merged_fact(gone.customer_id, survivor.customer_id, customer_code=gone.code, initial_class=None)
    )
    both = await compared(fresh, await proposed(fresh, 2025))
    flows = {(one["from"], one["to"], one["in_review"]): one["customers"] for one in both["flows"]}
    assert flows == {(3, 3, True): 1, (4, None, False): 1, (4, 4, True): 1, (None, 4, True): 1}
    groups = ("newly", "no_longer", "merged", "better", "worse")
    assert [both[name]["customers"] for name in groups] == [0, 0, 1, 0, 0]
    assert both["merged"] == {"customers": 1, "revenue": "0", "former_revenue": "30000.00"}


@pytest.mark.parametrize("path", ["", "/lines", "/comparison"])
async def test_a_review_that_is_not_there_is_not_found(fresh: ServiceUnderTest, path: str) -> None:
    expect(await fresh.get(PROVINCE, f"/reviews/01930000-0000-7000-8000-000000000000{path}"), 404)
