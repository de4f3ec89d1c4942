"""What one service tells arrives where others need it, and only with those who may see it."""

from typing import Any

from deploy.instance import Instance
from deploy.story.calling import Json, Person
from deploy.story.cast import person_at
from deploy.story.watching import Watcher
from support.players import REGISTRY, Players, eventually, players


async def events_of(person: Person, subject: str, after: int) -> list[Json]:
    """Give what a person may see of a record since a position."""
    found: list[Json] = []
    cursor: Any = after
    while cursor is not None:
        page = (await person.get(f"/v1/events?after={cursor}&limit=200")).body
        found += [item for item in page["items"] if item["subject"] == subject]
        cursor = page["next_cursor"]
    return found


async def _position(people: Players) -> int:
    reply = await people.cast.observer.get("/v1/events?order=desc&limit=1")
    return int(reply.body["last_position"])


async def test_a_customer_registered_in_the_registry_is_found_by_phone_at_the_desk(
    services: Instance,
) -> None:
    async with players(services) as people:
        customer = await people.register()
        found = await eventually(
            lambda: people.look_up(customer.firm.phone),
            lambda answer: [card["customer"]["code"] for card in answer["cards"]] == [customer.code],
        )
        card = found["cards"][0]
        assert found["match"] == "one"
        assert card["customer"]["name"] == customer.firm.name
        assert card["unit"]["org_id"] == people.cast.first_team.org_id
        assert card["manager"]["name"]


async def test_the_desk_of_another_city_does_not_find_the_caller(services: Instance) -> None:
    async with players(services) as people:
        own = people.cast.agent
        customer = await people.register()
        await eventually(lambda: people.look_up(customer.firm.phone), lambda answer: answer["match"] == "one")
        other_city = next(city for city in ("420100", "420500") if city != own.org_id)
        elsewhere = await person_at(own.house, other_city, "hotline-agent")
        assert (await people.look_up(customer.firm.phone, elsewhere))["match"] == "none"


async def test_changed_phones_are_found_and_the_old_ones_no_more(services: Instance) -> None:
    async with players(services) as people:
        customer = await people.register()
        new_phone = people.firm().phone
        team = people.cast.first_team
        shown = await team.get(f"{REGISTRY}/customers/{customer.code}")
        changed = await team.patch(
            f"{REGISTRY}/customers/{customer.code}", {"phones": [new_phone]}, etag=shown.etag
        )
        assert changed.status == 200
        found = await eventually(lambda: people.look_up(new_phone), lambda answer: answer["match"] == "one")
        assert found["cards"][0]["customer"]["code"] == customer.code
        assert (await people.look_up(customer.firm.phone))["match"] == "none"


async def test_the_county_of_a_customer_sees_its_events_and_the_sibling_county_does_not(
    services: Instance,
) -> None:
    async with players(services) as people:
        start = await _position(people)
        customer = await people.register()
        own, sibling = people.cast.first_team, people.cast.second_team
        seen = await eventually(
            lambda: events_of(own, customer.customer_id, start),
            lambda found: "registry.customer.registered.v1" in {item["type"] for item in found},
        )
        assert "registry.customer.registered.v1" in {item["type"] for item in seen}
        assert await events_of(sibling, customer.customer_id, start) == []


async def test_a_live_stream_shows_an_event_to_the_province_once(services: Instance) -> None:
    async with players(services) as people:
        watcher = Watcher(people.cast.observer)
        await watcher.open()
        try:
            declared = await people.declare(people.firm())
            aggregate = f"declaration:{declared['id']}"

            async def seen() -> list[int]:
                return [one.version for one in watcher.seen if one.aggregate == aggregate]

            assert await eventually(seen, bool) == [1]
        finally:
            await watcher.close()


async def test_a_stream_taken_up_in_the_middle_has_no_gap_and_nothing_twice(services: Instance) -> None:
    async with players(services) as people:
        first = Watcher(people.cast.observer)
        start = await first.open()
        await people.register()
        position = await eventually(lambda: _position(people), lambda reached: reached >= start + 5)
        assert await first.until_position(position)
        await first.close()
        for behind in range(start, position):
            again = Watcher(people.cast.observer, after=behind)
            await again.open()
            assert await again.until_position(position)
            await again.close()
            expected = [one.id for one in first.seen if behind < one.position <= position]
            assert [one.id for one in again.seen if one.position <= position] == expected
