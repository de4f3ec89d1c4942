"""Rows as the driver gives them, and the JSON that some columns hold."""

from datetime import datetime
from typing import Any

import asyncpg
import orjson

from chassis.clock import SHANGHAI
from chassis.encoding import dumps

Stored = asyncpg.Record


def to_json(value: object) -> str:
    """Give the text of a jsonb parameter."""
    return dumps(value).decode()


def from_json(value: str | None) -> Any:
    """Give what a jsonb column holds."""
    return None if value is None else orjson.loads(value)


def moment(at: datetime) -> datetime:
    """Give an instant as people here read it: the driver hands it out in UTC."""
    return at.astimezone(SHANGHAI)


def moment_or_none(at: datetime | None) -> datetime | None:
    """Give an instant where there is one."""
    return None if at is None else moment(at)


def when(written: str | None) -> datetime | None:
    """Give an instant that stands in JSON, where there is one."""
    return None if written is None else moment(datetime.fromisoformat(written))
