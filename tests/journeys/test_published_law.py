"""Law published while everything runs: every service goes by it from its day on, and no past decision changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg

from deploy.instance import Instance
from deploy.layout import SERVICES
from deploy.story.calling import Json, Person
from deploy.story.cast import PROVINCE, person_at
from support.players import DESK, REGISTRY, Players, eventually, players

RULE = "hubei.complaint-clocks"
WORDINGS = "SELECT rule, in_force, recorded, wording, version FROM rule_wording ORDER BY rule, version"
DAYS = "SELECT day, workday, provisional, note, version FROM calendar_day WHERE extract(year FROM day) = $1 ORDER BY day"
FAR_YEAR = 2031


def clocks(answer: int, resolve: int) -> Json:
    return {
        "answer": {"days": answer, "basis": "calendar"},
        "resolve": {"days": resolve, "basis": "calendar"},
    }


async def publish(people: Players, value: Json, article: str, *, assumption: bool) -> Json:
    """An officer of the province drafts the rule for today, the director publishes it."""
    officer = await person_at(people.cast.officer.house, PROVINCE, "center-officer")
    body = {
        "rule": RULE,
        "in_force": (await people.cast.officer.house.clock())[0].date().isoformat(),
        "value": value,
        "citation": {"act": "hubei", "article": article},
        "assumption": assumption,
    }
    draft = await officer.post(f"{REGISTRY}/rules/drafts", body)
    assert draft.status == 201, draft
    own = await officer.post(f"{REGISTRY}/rules/drafts/{draft.body['id']}/publish", {})
    assert own.status == 403, own
    done = await people.cast.province.post(f"{REGISTRY}/rules/drafts/{draft.body['id']}/publish", {})
    assert done.status == 200, done
    return done.body


@asynccontextmanager
async def other_clocks(people: Players, value: Json, article: str) -> AsyncIterator[Json]:
    """Put other clocks in force for a while; a correction brings back what was in force before."""
    first = (await people.cast.province.get(f"{REGISTRY}/rules/{RULE}")).body["wordings"][0]
    try:
        yield await publish(people, value, article, assumption=False)
    finally:
        await publish(people, first["value"], first["citation"]["article"], assumption=first["assumption"])


async def rows(instance: Instance, service: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(instance.database_url(service, "worker"))
    try:
        return [tuple(row) for row in await connection.fetch(query, *values)]
    finally:
        await connection.close()


def reason_of(complaint: Json) -> Json:
    [reason] = [one for one in complaint["because"]["reasons"] if one["rule"] == RULE]
    return dict(reason)


def last_days(complaint: Json) -> dict[str, int]:
    """Give for each clock how many days after the day of receipt its last day is."""
    return {
        clock["kind"]: (
            date.fromisoformat(clock["due_on"]) - datetime.fromisoformat(clock["started_at"]).date()
        ).days
        for clock in complaint["deadlines"]
    }


async def shown(person: Person, complaint: Json) -> Json:
    reply = await person.get(f"{DESK}/complaints/{complaint['id']}")
    assert reply.status == 200, reply
    return reply.body


async def test_the_next_complaint_goes_by_the_new_clocks_and_an_older_one_keeps_its_own(
    services: Instance,
) -> None:
    async with players(services) as people:
        agent = people.cast.agent
        customer = await people.register()
        await eventually(lambda: people.look_up(customer.firm.phone), lambda answer: answer["match"] == "one")
        older = await shown(agent, await people.complain(customer.firm.phone))
        running = services.pids()
        assert set(SERVICES) <= set(running)
        assert last_days(older) == {"complaint-answer": 2, "complaint-resolve": 7}
        async with other_clocks(people, clocks(3, 10), "30(3)") as published:

            async def next_complaint() -> Json:
                return await shown(agent, await people.complain(customer.firm.phone))

            newer = await eventually(next_complaint, lambda one: reason_of(one)["article"] == "30(3)")
            assert last_days(newer) == {"complaint-answer": 3, "complaint-resolve": 10}
            reason = reason_of(newer)
            assert (reason["in_force"], reason["level"]) == (published["in_force"], PROVINCE)
            assert (reason["assumption"], reason["value"]) == (False, clocks(3, 10))
            again = await shown(agent, older)
            assert (again["deadlines"], again["because"]) == (older["deadlines"], older["because"])
        corrected = await eventually(next_complaint, lambda one: reason_of(one)["article"] == "30(2)")
        assert last_days(corrected) == {"complaint-answer": 2, "complaint-resolve": 7}
        assert last_days(await shown(agent, newer)) == {"complaint-answer": 3, "complaint-resolve": 10}
        assert services.pids() == running


async def test_every_service_has_every_published_wording_and_every_imported_day(services: Instance) -> None:
    async with players(services) as people:
        house = people.cast.province.house
        administrator = await person_at(house, PROVINCE, "administrator")
        days = [{"day": f"{FAR_YEAR}-01-01", "workday": False, "note": "元旦"}]
        notice = {"year": FAR_YEAR, "source": "节假日安排通知", "days": days}
        imported = await administrator.post(f"{REGISTRY}/calendars", notice)
        assert imported.status == 201, imported
        async with other_clocks(people, clocks(4, 12), "30(4)"):
            pass
        published = await rows(services, "registry", WORDINGS)
        named = await rows(services, "registry", DAYS, FAR_YEAR)
        assert len(published) > 1
        assert len(named) == (date(FAR_YEAR + 1, 1, 1) - date(FAR_YEAR, 1, 1)) // timedelta(days=1)
        for service in SERVICES:

            async def kept(service: str = service) -> tuple[Any, Any]:
                return await rows(services, service, WORDINGS), await rows(services, service, DAYS, FAR_YEAR)

            assert await eventually(kept, lambda found: found == (published, named)) == (published, named)
