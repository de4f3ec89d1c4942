"""The yearly review: an officer of the province proposes it, the director looks at a line and publishes."""

import asyncio

from deploy.seed.adoptions import PROVINCE
from deploy.seed.client import CONFLICT, TIERING, CallFailedError
from deploy.seed.house import DIRECTOR, OFFICER, House

LOOK_SECONDS = 0.5


async def review(house: House, year: int) -> None:
    """Review a year; one that was reviewed before stays as it is."""
    officer, director = house.account(PROVINCE, OFFICER), house.account(PROVINCE, DIRECTOR)
    async with house.part("review"):
        try:
            proposed = await house.client.post(officer, "/reviews", {"year": year}, TIERING)
        except CallFailedError as failure:
            if failure.status != CONFLICT:
                raise
            return
        while proposed["state"] == "proposing":
            await asyncio.sleep(LOOK_SECONDS)
            proposed = await house.client.get(officer, f"/reviews/{proposed['id']}", TIERING)
        await house.client.post(director, f"/reviews/{proposed['id']}/publish", {}, TIERING)
        house.made["reviews"] += 1
