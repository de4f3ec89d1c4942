"""Lists: keyset cursors that say where the page before ended."""

import base64
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import orjson
from fastapi import Query

from chassis.encoding import dumps
from contracts.refusals import InvalidValue

Cursor = Annotated[str | None, Query(max_length=500, description="上一页给出的 next_cursor")]
Limit = Annotated[int, Query(ge=1, le=200, description="每页条数")]


def encode_cursor(*keys: object) -> str:
    """Give the cursor behind the row with these sort keys."""
    return base64.urlsafe_b64encode(dumps(keys)).decode().rstrip("=")


def decode_cursor(cursor: str | None, length: int) -> list[Any] | None:
    """Give the sort keys of a cursor; raises InvalidValue for one that is not ours."""
    if cursor is None:
        return None
    try:
        keys = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise bad_cursor() from error
    if not isinstance(keys, list) or len(keys) != length:
        raise bad_cursor()
    return keys


def page(items: Sequence[Mapping[str, Any]], next_cursor: str | None, total: int) -> dict[str, Any]:
    """Give the body of a list; `total` is exact up to the limit of the settings."""
    return {"items": list(items), "next_cursor": next_cursor, "total": total}


def bad_cursor() -> InvalidValue:
    """The refusal of a cursor that was not given by a list of ours."""
    return InvalidValue("翻页游标无效", "The cursor is not one of ours", pointer="?cursor")
