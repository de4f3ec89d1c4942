"""Corrections at hand: overrides kept or let go, who may, lists and exports, the worklist of a review."""

from typing import Any

from support.backbone import superuser
from support.corrections import (
    LATER,
    OTHER_DIRECTOR,
    REASON,
    class_of,
    corrected_lines,
    correction_approved,
    correction_proposed,
    filed_late,
    review_published,
)
from support.law import REVIEWED_BY, ruled_by
from support.reviewed import adopted, posted
from support.service import (
    HEAD,
    INSPECTOR,
    OBSERVER,
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
    ServiceUnderTest,
    expect,
)
from support.tiering import Planted, planted


async def test_an_override_is_kept_until_the_reviewer_lets_the_rated_class_hold(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    await filed_late(fresh, customer, mar="99999.99")
    open_review = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
    body = {"class": 2, "reason": "潜力大"}
    expect(
        await fresh.post(PROVINCE_OFFICER, f"/reviews/{open_review['id']}/lines/{customer.code}", body), 200
    )
    review = expect(await fresh.post(PROVINCE, f"/reviews/{open_review['id']}/publish"), 200)
    fresh.set_clock(LATER)
    await filed_late(fresh, customer, apr="0.01")
    correction = await correction_proposed(fresh, review)
    assert (correction["overridden"], correction["changed"]) == (1, 0)
    path = f"/corrections/{correction['id']}/lines/{customer.code}"
    line = expect(await fresh.get(PROVINCE, path), 200)
    assert (line["before"]["class"], line["after"]["class"], line["rated_class"]) == (2, 2, 3)
    assert (line["override"]["reason"], line["override"]["kept"]) == ("潜力大", True)
    assert "潜力大" in line["after"]["because"]["text"]["zh"]
    line = expect(await fresh.post(PROVINCE_OFFICER, path, {"keep_override": False}), 200)
    assert (line["after"]["class"], line["changed"], line["override"]["kept"]) == (3, True, False)
    assert "潜力大" not in line["after"]["because"]["text"]["zh"]
    head = expect(await fresh.get(PROVINCE, f"/corrections/{correction['id']}"), 200)
    assert (head["overridden"], head["changed"]) == (0, 1)
    await correction_approved(fresh, correction)
    assert (await class_of(fresh, customer))["class"] == 3
    assert (
        expect(await fresh.post(PROVINCE, path, {"keep_override": True}), 409)["code"]
        == "correction-not-open"
    )


async def test_who_dropped_an_override_does_not_approve_it(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    await filed_late(fresh, customer, mar="99999.99")
    review = await overridden_and_published(fresh, customer)
    await filed_late(fresh, customer, apr="0.01")
    correction = await correction_proposed(fresh, review)
    path = f"/corrections/{correction['id']}"
    expect(await fresh.post(PROVINCE, f"{path}/lines/{customer.code}", {"keep_override": False}), 200)
    refused = expect(await fresh.post(PROVINCE, f"{path}/approve"), 403)
    assert (refused["code"], ruled_by(refused)) == ("own-choice", REVIEWED_BY)
    assert (await class_of(fresh, customer))["class"] == 2
    await correction_approved(fresh, correction, OTHER_DIRECTOR)
    assert (await class_of(fresh, customer))["class"] == 3


async def test_a_kept_override_has_the_tier_of_the_scheme_that_holds_by_now(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh, org_id="420506", place_class="prefecture")
    await filed_late(fresh, customer, mar="20000")
    review = await overridden_and_published(fresh, customer)
    await adopted(fresh, {"420500": ["xxx-city-daily"]})
    correction = await correction_proposed(fresh, review)
    path = f"/corrections/{correction['id']}/lines/{customer.code}"
    line = expect(await fresh.get(PROVINCE, path), 200)
    assert (line["before"]["class"], line["before"]["tier"]) == (2, "2")
    # Class 2 of the common scale is that city's gold.
    assert (line["after"]["class"], line["after"]["tier"]) == (2, "gold")
    for keep in (False, True):
        line = expect(await fresh.post(PROVINCE_OFFICER, path, {"keep_override": keep}), 200)
    assert (line["after"]["class"], line["after"]["tier"]) == (2, "gold")


async def overridden_and_published(tiering: ServiceUnderTest, customer: Planted) -> dict[str, Any]:
    """Review 2025 with the customer put into class 2."""
    review = expect(await tiering.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
    path = f"/reviews/{review['id']}"
    body = {"class": 2, "reason": "潜力大"}
    expect(await tiering.post(PROVINCE_OFFICER, f"{path}/lines/{customer.code}", body), 200)
    expect(await tiering.post(PROVINCE, f"{path}/publish"), 200)
    tiering.set_clock(LATER)
    return dict(review)


async def test_a_line_without_an_override_has_none_to_keep(fresh: ServiceUnderTest) -> None:
    customer, other = await planted(fresh), await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "10000"}, other: {"2025-03": "10000"}})
    await filed_late(fresh, customer, apr="1")
    path = f"/corrections/{(await correction_proposed(fresh, review))['id']}/lines"
    answer = await fresh.post(PROVINCE, f"{path}/{customer.code}", {"keep_override": False})
    assert expect(answer, 409)["code"] == "nothing-overridden"
    expect(await fresh.post(PROVINCE, f"{path}/{other.code}", {"keep_override": False}), 404)


async def test_the_provinces_center_alone_proposes_and_its_inspectors_read(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "10000"}})
    await filed_late(fresh, customer, apr="1")
    path = f"/reviews/{review['id']}/corrections"
    for person, status in ((OFFICER, 404), (HEAD, 403), (INSPECTOR, 403), (OBSERVER, 403)):
        expect(await fresh.post(person, path, {"reason": REASON}), status)
    for body in ({}, {"reason": ""}, {"reason": REASON, "year": 2025}):
        expect(await fresh.post(PROVINCE_OFFICER, path, body), 422)
    correction = await correction_proposed(fresh, review, by=OTHER_DIRECTOR)
    own = f"/corrections/{correction['id']}"
    for person, status in (
        (INSPECTOR, 200),
        (PROVINCE_OFFICER, 200),
        (OFFICER, 404),
        (HEAD, 403),
        (OBSERVER, 403),
    ):
        for one in (
            path,
            own,
            f"{own}/lines",
            f"{own}/lines/{customer.code}",
            f"/reviews/{review['id']}/stale",
        ):
            expect(await fresh.get(person, one), status)


async def test_lines_are_filtered_paged_and_exported(fresh: ServiceUnderTest) -> None:
    customers = [await planted(fresh, org_id=f"420106-T0{1 + number % 2}") for number in range(4)]
    review = await review_published(fresh, {one: {"2025-03": "99999.99"} for one in customers})
    for one in customers[:3]:
        await filed_late(fresh, one, apr="0.01")
    await filed_late(fresh, customers[3], mar="99999.98")
    correction = await correction_proposed(fresh, review)
    assert (correction["customers"], correction["changed"]) == (4, 3)
    assert set(await corrected_lines(fresh, correction, changed="false")) == {customers[3].code}
    assert len(await corrected_lines(fresh, correction, org_id="420106-T01")) == 2
    assert len(await corrected_lines(fresh, correction, **{"class": 3, "former_class": 4})) == 3
    for none in ({"class": "none"}, {"former_class": "none"}):
        assert await corrected_lines(fresh, correction, **none) == {}
    path = f"/corrections/{correction['id']}/lines"
    first = expect(await fresh.get(PROVINCE, path, limit=3), 200)
    rest = expect(await fresh.get(PROVINCE, path, limit=3, cursor=first["next_cursor"]), 200)
    assert (first["total"], len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (4, 3, 1, None)
    sheet = await fresh.get(INSPECTOR, path, format="csv")
    head, *rows = sheet.content.decode("utf-8-sig").splitlines()
    assert sheet.status_code == 200 and len(rows) == 4
    assert {"before.class", "after.class", "after.because", "text.zh"} <= set(head.split(","))
    assert (await fresh.get(PROVINCE, path, format="xlsx")).content.startswith(b"PK")
    expect(await fresh.get(PROVINCE, path, colour="red"), 422)


async def test_the_worklist_counts_whom_later_figures_of_the_year_touch(fresh: ServiceUnderTest) -> None:
    touched, other, at_rest = [await planted(fresh) for _ in range(3)]
    review = await review_published(fresh, {one: {"2025-03": "10000"} for one in (touched, other, at_rest)})
    assert expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}"), 200)["stale"] == 0
    await filed_late(fresh, touched, apr="1", jun="2")
    await posted(fresh, {other.code: {"2024-12": "1", "2026-01": "1"}})
    stale = expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}/stale"), 200)
    [one] = stale["items"]
    assert (one["customer_code"], one["months"], one["usage_rows"], one["merged"]) == (
        touched.code, ["2025-04", "2025-06"], 2, False,
    )  # fmt: skip
    assert expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}"), 200)["stale"] == 1
    await correction_approved(fresh, await correction_proposed(fresh, review))
    shown = expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}"), 200)
    assert (shown["stale"], [one["state"] for one in shown["corrections"]]) == (0, ["approved"])


async def test_figures_that_were_being_written_while_a_review_was_proposed_are_on_the_worklist(
    fresh: ServiceUnderTest,
) -> None:
    touched, counted = [await planted(fresh) for _ in range(2)]
    await posted(fresh, {counted.code: {"2025-03": "10000"}})
    async with superuser(fresh.database) as writer:
        writing = writer.transaction()
        await writing.start()
        await writer.execute(
            """INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, recorded)
               VALUES ($1, 'domestic-express', '2025-03-01', 1, 10000, 1, 1, '420106', $2)""",
            touched.customer_id,
            fresh.runtime.clock.now(),
        )
        proposed = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
        await writing.commit()
    path = f"/reviews/{proposed['id']}"
    assert expect(await fresh.get(PROVINCE, path), 200)["stale"] == 0
    assert expect(await fresh.post(PROVINCE, f"{path}/publish"), 200)["stale"] == 1
    [one] = expect(await fresh.get(PROVINCE, f"{path}/stale"), 200)["items"]
    assert (one["customer_code"], one["months"], one["usage_rows"]) == (touched.code, ["2025-03"], 1)
