"""Identifiers of records and events."""

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """Give a new time-ordered UUID."""
    return uuid_utils.compat.uuid7()
