"""Reading scores: ranking, scope, and what is refused."""

import pytest

from chassis.ids import uuid7
from support.facts import customer_fact
from support.scoring import morning_of, scored, symposium_fact
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    MANAGER,
    OBSERVER,
    PROVINCE,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    expect,
)


async def some_history(scoring: ServiceUnderTest) -> None:
    filed = {"completeness": {}, "filed_on": "2025-02-01", "filed_with_province_on": None}
    for org_id, count in (("420106", 2), ("420525", 1)):
        for _ in range(count):
            await scoring.hear(
                customer_fact(uuid7(), org_id=org_id, at=morning_of("2025-02-01"), file=filed),
                customer_fact(uuid7(), org_id=org_id, at=morning_of("2026-02-01")),
            )
    await scoring.hear(symposium_fact("2026-03-01", "420500"))


async def test_bureaus_are_ranked_by_their_share_of_what_was_assessed(scoring: ServiceUnderTest) -> None:
    await some_history(scoring)
    body = expect(await scoring.get(PROVINCE, "/scores", period="2026Q1"), 200)
    assert [(item["org_id"], item["rank"]) for item in body["items"]] == [("420500", 1), ("420100", 2)]
    assert (body["total"], body["next_cursor"]) == (2, None)
    first = body["items"][0]
    assert (first["state"], first["version"], first["name"]) == ("provisional", None, "宜昌市邮政局")
    assert (first["points"]["number"], first["points"]["files"], first["points"]["revenue"]) == (
        "20",
        "9",
        None,
    )


async def test_equal_shares_share_a_rank(scoring: ServiceUnderTest) -> None:
    for org_id in ("420106", "420506"):
        await scoring.hear(customer_fact(uuid7(), org_id=org_id, at=morning_of("2025-02-01")))
    body = expect(await scoring.get(PROVINCE, "/scores", period="2026Q1"), 200)
    assert [item["rank"] for item in body["items"]] == [1, 1]


async def test_a_city_reads_its_own_score_with_its_rank_among_all(scoring: ServiceUnderTest) -> None:
    await some_history(scoring)
    body = expect(await scoring.get(DIRECTOR, "/scores", period="2026Q1"), 200)
    assert [(item["org_id"], item["rank"]) for item in body["items"]] == [("420100", 2)]
    assert (await scoring.get(DIRECTOR, "/scores/420500/2026Q1")).status_code == 404


@pytest.mark.parametrize("person", [ADMINISTRATOR, OBSERVER, PROVINCE_OFFICER])
async def test_whoever_has_the_bureaus_in_scope_reads_them(person: Person, scoring: ServiceUnderTest) -> None:
    assert expect(await scoring.get(person, "/scores", period="2026Q1"), 200)["total"] == 2


@pytest.mark.parametrize("person", [HEAD, MANAGER])
async def test_below_the_bureau_there_is_no_score_to_read(person: Person, scoring: ServiceUnderTest) -> None:
    assert expect(await scoring.get(person, "/scores", period="2026Q1"), 200)["items"] == []
    assert (await scoring.get(person, "/scores/420100/2026Q1")).status_code == 404


@pytest.mark.parametrize("org_id", ["420106", "420000", "999999", "x" * 40])
async def test_what_is_no_bureau_has_no_score(org_id: str, scoring: ServiceUnderTest) -> None:
    problem = expect(await scoring.get(PROVINCE, f"/scores/{org_id}/2026Q1"), 404)
    assert (problem["code"], set(problem["zh"])) == ("not-found", {"title", "detail"})


@pytest.mark.parametrize("period", ["2026Q5", "2026-01", "x", "2026Q1x", "0"])
async def test_what_is_no_period_is_refused(period: str, scoring: ServiceUnderTest) -> None:
    assert expect(await scoring.get(PROVINCE, "/scores", period=period), 422)["code"] == "invalid-period"
    problem = expect(await scoring.get(PROVINCE, f"/scores/420100/{period}"), 422)
    assert problem["code"] == "invalid-period"


@pytest.mark.parametrize("params", [{}, {"period": "2026Q1", "version": "7"}, {"period": "2" * 11}])
async def test_a_question_that_makes_no_sense_is_refused(
    params: dict[str, str], scoring: ServiceUnderTest
) -> None:
    assert (await scoring.get(PROVINCE, "/scores", **params)).status_code == 422


async def test_a_period_that_has_not_begun_has_no_score(scoring: ServiceUnderTest) -> None:
    assert expect(await scoring.get(PROVINCE, "/scores", period="2026Q2"), 422)["code"] == "period-not-begun"
    assert expect(await scoring.get(PROVINCE, "/scores", period="2027"), 422)["code"] == "period-not-begun"


async def test_the_year_is_the_mean_of_the_quarters_that_have_begun(scoring: ServiceUnderTest) -> None:
    await some_history(scoring)
    scoring.set_clock("2026-04-02T09:00:00+08:00")
    year = expect(await scoring.get(PROVINCE, "/scores/420500/2026"), 200)
    totals = [float((await scored(scoring, "420500", one))["total"]) for one in ("2026Q1", "2026Q2")]
    assert [one["period"] for one in year["quarters"]] == ["2026Q1", "2026Q2"]
    assert float(year["total"]) == sum(totals) / 2
    assert (year["state"], year["rank"]) == ("provisional", 1)
    listed = expect(await scoring.get(PROVINCE, "/scores", period="2026"), 200)
    assert [item["org_id"] for item in listed["items"]] == ["420500", "420100"]


async def test_what_is_heard_meanwhile_shows_at_once(scoring: ServiceUnderTest) -> None:
    await some_history(scoring)
    before = (await scored(scoring, "420100", "2026Q1"))["lines"]["files"]["figures"]
    await scoring.hear(customer_fact(uuid7(), at=morning_of("2026-02-01")))
    after = (await scored(scoring, "420100", "2026Q1"))["lines"]["files"]["figures"]
    assert after["customers"] == before["customers"] + 1


async def test_events_open_in_scope_and_for_those_who_answer_for_customers(scoring: ServiceUnderTest) -> None:
    heard = customer_fact(uuid7())
    await scoring.hear(heard)
    for person in (PROVINCE, DIRECTOR, HEAD):
        body = expect(await scoring.get(person, f"/events/{heard.id}"), 200)
        assert (body["orgpath"], body["aggregateversion"]) == (heard.orgpath, 1)
    assert (await scoring.get(FAR_OFFICER, f"/events/{heard.id}")).status_code == 404
    assert (await scoring.get(PROVINCE, f"/events/{uuid7()}")).status_code == 404
    for person in (OBSERVER, ADMINISTRATOR, MANAGER):
        assert (await scoring.get(person, f"/events/{heard.id}")).status_code == 403
    assert (await scoring.get(PROVINCE, "/events/no-id")).status_code == 422


async def test_without_a_token_nothing_is_read(scoring: ServiceUnderTest) -> None:
    for path in ("/v1/scores?period=2026Q1", "/v1/scores/420100/2026Q1", f"/v1/events/{uuid7()}"):
        assert (await scoring.http.get(path)).status_code == 401
