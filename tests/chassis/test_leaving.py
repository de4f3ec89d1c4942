"""Taking leave of what may hang, fail or suppress its cancellation: nobody is held by it, and nobody ended."""

import asyncio
from contextlib import suppress

import pytest

from chassis import leaving

SOON = 0.05


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "CANCELLED_AGAIN_SECONDS", SOON)


async def test_a_way_that_ends_as_it_should_is_the_last() -> None:
    gone: list[str] = []

    async def way(name: str) -> None:
        gone.append(name)

    await leaving.leave(SOON, lambda: way("first"), lambda: way("second"))
    assert gone == ["first"]


@pytest.mark.parametrize(
    "fault", [OSError("gone"), asyncio.CancelledError(), None], ids=["fails", "cancelled", "hangs"]
)
async def test_after_a_way_that_fails_is_cancelled_or_hangs_the_next_is_tried(
    fault: BaseException | None,
) -> None:
    gone: list[str] = []

    async def bad() -> None:
        if fault is not None:
            raise fault
        await asyncio.Event().wait()

    async def good() -> None:
        gone.append("second")

    await asyncio.wait_for(leaving.leave(SOON, bad, good), 100 * SOON)
    assert gone == ["second"]


async def test_a_task_that_suppresses_its_cancellation_is_cancelled_again() -> None:
    async def deaf_once() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    async def fails() -> None:
        raise OSError("ended long ago")

    tasks = [asyncio.create_task(deaf_once()), asyncio.create_task(fails())]
    await asyncio.sleep(0)
    await asyncio.wait_for(leaving.cancelled(*tasks), 100 * SOON)
    assert tasks[0].cancelled()
    assert isinstance(tasks[1].exception(), OSError)
