"""JSON out: decimals as text, UUIDs and times in their standard form."""

from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import orjson


def dumps(value: Any) -> bytes:
    """Encode; raises TypeError for what has no JSON form."""
    return orjson.dumps(value, default=_text)


def _text(value: object) -> str:
    if isinstance(value, Decimal | Fraction | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
