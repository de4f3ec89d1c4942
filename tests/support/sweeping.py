"""A sweeper as a process of its own, to be killed: `python -m support.sweeping`; settings from the environment."""

import asyncio

from chassis.clock import Clock
from chassis.database import open_database
from chassis.doorbell import Doorbell
from chassis.settings import Settings
from chassis.sweeper import Sweeper


async def main() -> None:
    """Sweep until killed."""
    settings = Settings()
    database = await open_database(settings)
    await Sweeper(settings, database, Clock(settings.clock_file), Doorbell(), {}).run()


if __name__ == "__main__":
    asyncio.run(main())
