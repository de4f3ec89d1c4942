"""Rebuilds: a reader whose client stands still, or takes whoever waits for it along, is replaced, and the rebuild goes on."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from aiokafka import AIOKafkaConsumer

from chassis import rebuilding
from chassis.rereading import Rereader
from support.backbone import in_background, new_key
from support.projections import House, a_history, differing

Spoil = Callable[[AIOKafkaConsumer], Awaitable[None]]


async def find_no_place(client: AIOKafkaConsumer) -> None:
    client._fetcher._fetch_task.cancel()


async def fetch_nothing_later(client: AIOKafkaConsumer) -> None:
    async def hang(_assignment: object, _node_id: object, _request: object) -> bool:
        return await asyncio.get_running_loop().create_future()

    client._fetcher._proc_fetch_request = hang


async def take_along(client: AIOKafkaConsumer) -> None:
    async def cancelled(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    client.getmany = cancelled


async def never_stop(client: AIOKafkaConsumer) -> None:
    client.stop = asyncio.Event().wait
    await take_along(client)


@pytest.mark.parametrize("spoil", [find_no_place, fetch_nothing_later, take_along, never_stop])
async def test_a_reader_that_stands_still_is_replaced(
    house: House, monkeypatch: pytest.MonkeyPatch, spoil: Spoil
) -> None:
    made: list[Rereader] = []

    class SpoiltAtFirst(Rereader):
        async def __aenter__(self) -> "SpoiltAtFirst":
            made.append(self)
            house.settings.watchdog_seconds = 2.0 if len(made) == 1 else 60.0
            if len(made) == 1:
                self._client.start = lambda start=self._client.start: self._start(start)
            await super().__aenter__()
            return self

        async def _start(self, start: Callable[[], Awaitable[None]]) -> None:
            await start()
            await spoil(self._client)

    monkeypatch.setattr(rebuilding, "Rereader", SpoiltAtFirst)
    await house.say(*a_history(random.Random(9), [new_key() for _ in range(20)], 5))
    async with in_background(house.consumer.run()):
        await house.until_heard(100)
        sound = await house.rows()
        await house.root.execute("UPDATE thing SET text = 'wrong'")
        async with in_background(house.rebuilder().run()):
            done = await house.until(await house.ask(), "done")
    assert len(made) == 2
    assert differing(done) == {"thing": 20, "tally": 0}
    assert await house.rows() == sound
