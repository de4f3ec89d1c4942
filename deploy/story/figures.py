"""Whether something told a figure that it should keep to itself."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID


def tells(document: Any, figure: str) -> bool:
    """Tell whether a figure stands anywhere in a document; ids and times, whose digits fall as they fall, aside."""
    return any(figure in value for value in _values(document) if not _is_id_or_time(value))


def _values(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        document = list(document.values())
    if isinstance(document, list):
        for value in document:
            yield from _values(value)
    else:
        yield str(document)


def _is_id_or_time(value: str) -> bool:
    for read in (UUID, datetime.fromisoformat):
        with suppress(ValueError):
            read(value)
            return True
    return False
