"""Alembic's environment for this service's database."""

import asyncio

from chassis.migrations import run

asyncio.run(run())
