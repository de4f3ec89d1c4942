"""Identifiers of records and events."""

from datetime import datetime
from uuid import UUID

import uuid_utils.compat

MILLISECONDS = 1_000
BITS_BEHIND_TIME = 80


def uuid7() -> UUID:
    """Give a new time-ordered UUID."""
    return uuid_utils.compat.uuid7()


def first_of(instant: datetime) -> UUID:
    """Give what is not above any identifier made from this instant on, and above those made a millisecond before it."""
    milliseconds = int(instant.timestamp() * MILLISECONDS)
    return UUID(int=milliseconds << BITS_BEHIND_TIME)
