"""Alembic's environment: the chassis runs the revisions."""

import asyncio

from chassis.migrations import run

asyncio.run(run())
