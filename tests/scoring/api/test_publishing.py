"""Circulating a quarter: who may, when, once; and what is frozen stays."""

import asyncio
import json
from dataclasses import replace
from hashlib import sha256

import pytest
from asyncpg import UniqueViolationError

from chassis.ids import uuid7
from contracts.envelope import Event
from contracts.scoring import NoticePublished, ScorePublished
from scoring.repository.publications import BrokenSeal
from support.facts import customer_fact
from support.instance import Databases
from support.scoring import bytes_of, morning_of
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    INSPECTOR,
    PROVINCE,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    expect,
    orgpath,
    running_service,
)

AFTER = "2026-04-02T09:00:00+08:00"
Q1 = {"period": "2026Q1"}


async def some_history(scoring: ServiceUnderTest) -> None:
    for year in ("2025", "2026"):
        await scoring.hear(customer_fact(uuid7(), at=morning_of(f"{year}-02-01")))


async def test_publishing_freezes_tells_and_notifies(scoring: ServiceUnderTest) -> None:
    await some_history(scoring)
    scoring.set_clock(AFTER)
    body = expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 201)
    assert [(item["state"], item["version"]) for item in body["items"]] == [("published", 1)] * 2
    (notice,) = await scoring.rows("SELECT * FROM notice")
    (told,) = await scoring.events(f"notice:{notice['id']}")
    fact = NoticePublished.model_validate(told["payload"])
    assert (told["type"], told["key"], fact.period) == (NoticePublished.TYPE, "420000", "2026Q1")
    for score_id in fact.scores:
        (event,) = await scoring.events(f"score:{score_id}")
        score = ScorePublished.model_validate(event["payload"])
        assert (event["key"], event["orgpath"]) == (score.org_id, orgpath(score.org_id))
        assert (score.score_version, score.published_by, len(score.lines)) == (1, PROVINCE.staff_id, 8)


async def test_the_seal_is_that_of_the_bytes_that_replay_reproduces(scoring: ServiceUnderTest) -> None:
    await some_history(scoring)
    scoring.set_clock(AFTER)
    expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 201)
    now = await bytes_of(scoring, "2026Q1")
    rows = await scoring.rows("SELECT org_id, body, seal FROM score")
    assert {row["org_id"]: row["body"] for row in rows} == now
    assert all(row["seal"] == sha256(row["body"]).hexdigest() for row in rows)


async def test_a_later_fact_changes_the_provisional_score_and_not_the_published_one(
    scoring: ServiceUnderTest,
) -> None:
    await some_history(scoring)
    scoring.set_clock(AFTER)
    expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 201)
    path = "/scores/420100/2026Q1"
    before = expect(await scoring.get(PROVINCE, path), 200)
    await scoring.hear(customer_fact(uuid7(), at=morning_of("2026-03-01")))
    after = await scoring.get(PROVINCE, path)
    assert expect(after, 200) == before
    assert after.headers["ETag"] == '"1"'
    live = expect(await scoring.get(PROVINCE, path, version="provisional"), 200)
    assert (live["state"], live["version"]) == ("provisional", None)
    assert live["seal"] != before["seal"]
    assert live["lines"][0]["figures"]["now"] == before["lines"][0]["figures"]["now"] + 1


async def test_before_it_is_published_there_is_no_published_score(scoring: ServiceUnderTest) -> None:
    path = "/scores/420100/2026Q1"
    assert (await scoring.get(PROVINCE, path, version="published")).status_code == 404
    scoring.set_clock(AFTER)
    expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 201)
    assert expect(await scoring.get(PROVINCE, path, version="published"), 200)["version"] == 1


async def test_a_quarter_is_published_once(scoring: ServiceUnderTest) -> None:
    scoring.set_clock(AFTER)
    first = await scoring.post(PROVINCE, "/scores/publish", Q1, key="once")
    again = await scoring.post(PROVINCE, "/scores/publish", Q1, key="once")
    assert (first.status_code, again.content) == (201, first.content)
    problem = expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 409)
    assert problem["code"] == "already-published"
    assert len(await scoring.rows("SELECT FROM score")) == 2


async def test_of_two_who_publish_at_once_one_does(scoring: ServiceUnderTest) -> None:
    scoring.set_clock(AFTER)
    other = Person("420000", "center-director", "褚主任")
    answers = await asyncio.gather(
        *(scoring.post(person, "/scores/publish", Q1) for person in (PROVINCE, other, PROVINCE, other))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await scoring.rows("SELECT FROM outbox")) == 3


@pytest.mark.parametrize("person", [DIRECTOR, PROVINCE_OFFICER, INSPECTOR, ADMINISTRATOR])
async def test_only_the_provinces_director_publishes(person: Person, scoring: ServiceUnderTest) -> None:
    scoring.set_clock(AFTER)
    assert (await scoring.post(person, "/scores/publish", Q1)).status_code == 403
    assert await scoring.rows("SELECT FROM score") == []


async def test_a_quarter_is_published_only_after_its_last_day(scoring: ServiceUnderTest) -> None:
    scoring.set_clock("2026-03-31T23:59:00+08:00")
    problem = expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 409)
    assert problem["code"] == "quarter-not-over"
    assert problem["because"]["reasons"][0]["article"] == "36"
    scoring.set_clock("2026-04-01T00:00:00+08:00")
    expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 201)


@pytest.mark.parametrize("body", [{}, {"period": "2026"}, {"period": "x"}, {"period": 1}, {**Q1, "more": 1}])
async def test_a_request_that_names_no_quarter_is_refused(
    body: dict[str, object], scoring: ServiceUnderTest
) -> None:
    scoring.set_clock(AFTER)
    problem = expect(await scoring.post(PROVINCE, "/scores/publish", body), 422)
    assert set(problem["zh"]) == {"title", "detail"}
    assert await scoring.rows("SELECT FROM notice") == []


async def told_of(scoring: ServiceUnderTest) -> list[Event]:
    """Give the events of the outbox as the bus brings them."""
    rows = await scoring.rows("SELECT * FROM outbox ORDER BY seq")
    return [
        Event(
            id=row["event_id"],
            source="/keypost/scoring",
            type=row["type"],
            time=row["time"],
            subject=row["key"],
            aggregate=row["aggregate"],
            version=row["version"],
            orgpath=row["orgpath"],
            actor=row["actor"],
            correlation_id=row["correlation_id"],
            causation_id=row["causation_id"],
            data=json.loads(row["payload"]),
        )
        for row in rows
    ]


async def test_published_scores_come_back_from_their_own_events(
    scoring: ServiceUnderTest, scoring_databases: Databases
) -> None:
    await some_history(scoring)
    scoring.set_clock(AFTER)
    expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 201)
    told = await told_of(scoring)
    before = (await scoring.get(PROVINCE, "/scores/420100/2026Q1")).content
    await scoring.hear(*told)
    assert (await scoring.get(PROVINCE, "/scores/420100/2026Q1")).content == before
    async with running_service("scoring", scoring_databases("scoring")) as empty:
        empty.set_clock(AFTER)
        await empty.hear(*told)
        assert (await empty.get(PROVINCE, "/scores/420100/2026Q1")).content == before
        problem = expect(await empty.post(PROVINCE, "/scores/publish", Q1), 409)
        assert problem["code"] == "already-published"


async def test_a_score_that_was_changed_on_its_way_is_not_taken_back(
    scoring: ServiceUnderTest, scoring_databases: Databases
) -> None:
    scoring.set_clock(AFTER)
    expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 201)
    told = next(event for event in await told_of(scoring) if event.type == ScorePublished.TYPE)
    forged = replace(told, data={**told.data, "total": "99"})
    async with running_service("scoring", scoring_databases("scoring")) as empty:
        with pytest.raises(BrokenSeal):
            await empty.hear(forged)
        assert await empty.rows("SELECT FROM score") == []


async def test_scores_of_a_quarter_that_was_published_anew_do_not_vanish_unseen(
    scoring: ServiceUnderTest, scoring_databases: Databases
) -> None:
    scoring.set_clock(AFTER)
    expect(await scoring.post(PROVINCE, "/scores/publish", Q1), 201)
    told = await told_of(scoring)
    async with running_service("scoring", scoring_databases("scoring")) as empty:
        empty.set_clock(AFTER)
        expect(await empty.post(PROVINCE, "/scores/publish", Q1), 201)
        for event in told:
            with pytest.raises(UniqueViolationError):
                await empty.hear(event)
