"""Who proposes a yearly review, of which year and when; and who reads it."""

import asyncio

import pytest

from support.reviewing import proposed, published
from support.service import (
    DIRECTOR,
    HEAD,
    INSPECTOR,
    OBSERVER,
    OFFICER,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    expect,
)


@pytest.mark.parametrize("person", [OFFICER, DIRECTOR])
async def test_a_city_does_not_propose_and_is_told_by_which_rule(
    fresh: ServiceUnderTest, person: Person
) -> None:
    refused = expect(await fresh.post(person, "/reviews", {"year": 2025}), 403)
    assert refused["because"]["reasons"][0]["rule"] == "hubei.review-procedure"
    assert await fresh.rows("SELECT 1 FROM review") == []


@pytest.mark.parametrize("person", [HEAD, INSPECTOR, OBSERVER])
async def test_who_is_no_center_proposes_nothing(fresh: ServiceUnderTest, person: Person) -> None:
    expect(await fresh.post(person, "/reviews", {"year": 2025}), 403)


async def test_a_year_is_reviewed_when_it_is_over(fresh: ServiceUnderTest) -> None:
    assert (
        expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2026}), 422)["code"] == "year-not-over"
    )
    fresh.set_clock("2026-12-31T23:59:00+08:00")
    expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2026}), 422)
    fresh.set_clock("2027-01-01T00:00:01+08:00")
    assert (await proposed(fresh, 2026))["valid_from"] == "2027-01-01"


async def test_a_year_before_a_published_one_is_no_longer_reviewed(fresh: ServiceUnderTest) -> None:
    await published(fresh, await proposed(fresh))
    refused = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2024}), 409)
    assert (refused["code"], refused["published"]) == ("later-review-published", 2025)


async def test_while_a_review_is_open_no_other_is_proposed(fresh: ServiceUnderTest) -> None:
    review = await proposed(fresh)
    refused = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2024}), 409)
    assert (refused["code"], refused["review_id"]) == ("review-open", review["id"])


async def test_of_two_proposals_at_once_one_is_made(fresh: ServiceUnderTest) -> None:
    answers = await asyncio.gather(
        *(fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_reviews_are_read_by_the_provinces_center_and_its_inspectors(fresh: ServiceUnderTest) -> None:
    review = await proposed(fresh)
    for person, status in (
        (INSPECTOR, 200),
        (PROVINCE_OFFICER, 200),
        (OFFICER, 404),
        (HEAD, 403),
        (OBSERVER, 403),
    ):
        for path in (f"/reviews/{review['id']}", f"/reviews/{review['id']}/lines"):
            expect(await fresh.get(person, path), status)
