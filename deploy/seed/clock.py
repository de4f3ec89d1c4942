"""The development clock, moved through the months of the sample and back to real time whatever happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx

from deploy.seed.client import CallFailedError, Client

LEFT_BEHIND = (
    '业务时钟没有拨回实时,请重新运行,或 POST /dev/clock {{"real": true}} · '
    'business time was not set back to real time: run this again, or POST /dev/clock {{"real": true}} ({reason})'
)


async def real_now(client: Client) -> datetime:
    """Real time as the console has it, in Shanghai, wherever business time stands."""
    state = await client.clock()
    return datetime.fromisoformat(state["now"]) - timedelta(seconds=state["offset"])


@asynccontextmanager
async def moved(client: Client) -> AsyncIterator[None]:
    """Let business time be moved inside, and set it back to real time at the end, also after a failure."""
    try:
        yield
    except BaseException:
        try:
            await client.clock(real=True)
        except (CallFailedError, httpx.HTTPError) as failure:
            print(LEFT_BEHIND.format(reason=failure))
        raise
    await client.clock(real=True)


async def go_to(client: Client, moment: datetime | None) -> None:
    """Set business time; None is real time. Answers when every service follows."""
    if moment is None:
        await client.clock(real=True)
    else:
        await client.clock(set=moment.isoformat())
