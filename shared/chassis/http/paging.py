"""Lists: what every one may be asked, keyset cursors that say where the page before ended, the body of a page."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import orjson
from fastapi import Query, Request

from chassis.encoding import dumps
from chassis.http.bodies import Body
from contracts.refusals import InvalidValue

Cursor = Annotated[str | None, Query(max_length=500, description="上一页给出的 next_cursor")]
Limit = Annotated[int, Query(ge=1, le=200, description="每页条数")]
PAGE = 50
JSON = "json"
Format = Annotated[
    Literal["json", "csv", "xlsx"],
    Query(description="csv 或 xlsx:按同样的条件、范围和次序导出全部,不分页"),
]


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a page begins, how long it is, and how far the total is counted; in which order, and as what.

    `sort` is a name of the list's own, behind `-` for the other way round; `export_most` rows are exported at most.
    """

    cursor: str | None
    limit: int
    total_exact_to: int
    sort: str | None = None
    format: str = JSON
    export_most: int = 0

    def after(self, *reads: Callable[[str], object]) -> list[object]:
        """Give the sort keys behind which the page begins, none for the first; raises InvalidValue for one not ours."""
        sorted_by = [] if self.sort is None else [self.sort]
        keys = decode_cursor(self.cursor, len(sorted_by) + len(reads))
        if keys is not None and sorted_by:
            if keys[0] != self.sort:
                raise bad_cursor()
            keys = keys[1:]
        try:
            return [] if keys is None else [read(str(key)) for read, key in zip(reads, keys, strict=True)]
        except (ValueError, ArithmeticError) as error:
            raise bad_cursor() from error


class Filters(Body):
    """What every list may be asked: a page, and where it begins. Other parameters are refused."""

    cursor: Cursor = None
    limit: Limit = PAGE

    def paging(self, request: Request) -> Paging:
        """Give the page asked for."""
        return Paging(self.cursor, self.limit, request.app.state.settings.total_exact_to)

    def conditions(self) -> dict[str, Any]:
        """Give the filters that were set."""
        return self.model_dump(exclude={"cursor", "limit"}, exclude_none=True)


class ListFilters(Filters):
    """What a list may be asked that is exported too."""

    format: Format = "json"

    def paging(self, request: Request) -> Paging:
        """Give the page asked for, or the export."""
        settings = request.app.state.settings
        return replace(super().paging(request), format=self.format, export_most=settings.export_most)

    def conditions(self) -> dict[str, Any]:
        """Give the filters that were set."""
        return self.model_dump(exclude={"cursor", "limit", "format", "sort"}, exclude_none=True)


class SortedFilters(ListFilters):
    """What a list may be asked that is sorted by `Listing.sorts`; the list's own class names them."""

    sort: str | None = None

    def paging(self, request: Request) -> Paging:
        """Give the page asked for, or the export, in its order."""
        return replace(super().paging(request), sort=self.sort)


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
