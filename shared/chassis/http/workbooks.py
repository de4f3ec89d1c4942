"""Workbooks over HTTP: an upload of bounded size, a download with its name."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import UploadFile
from fastapi.responses import Response, StreamingResponse

from chassis.encoding import dumps
from chassis.spreadsheets.exporting import csv_head, csv_rows
from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.packages import too_large

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
TYPES = {"xlsx": XLSX, "csv": CSV}
XLSX_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {XLSX: {}}, "description": "An .xlsx workbook"}
}


async def uploaded(file: UploadFile, limits: Limits) -> bytes:
    """Give the bytes of an uploaded file; raises WorkbookTooLarge."""
    content = await file.read(limits.most_bytes + 1)
    if len(content) > limits.most_bytes:
        raise too_large("文件", "bytes", limits.most_bytes)
    return content


def fingerprint_of(content: bytes, *fields: str | None) -> bytes:
    """Give what must be equal for two uploads to be the same; for `Edge.write(content=…)`."""
    return dumps([hashlib.sha256(content).hexdigest(), *fields])


def export(content: bytes, name: str, kind: str) -> Response:
    """Answer an exported list, `csv` or `xlsx`."""
    return download(content, f"{name}.{kind}", TYPES[kind])


def export_pages(
    columns: Sequence[str], pages: AsyncIterator[Sequence[Mapping[str, Any]]], name: str
) -> Response:
    """Answer a list as CSV page by page, however long it is; no more than a page of it is held."""
    return StreamingResponse(_pieces(columns, pages), 200, _headers(f"{name}.csv"), media_type=CSV)


async def _pieces(
    columns: Sequence[str], pages: AsyncIterator[Sequence[Mapping[str, Any]]]
) -> AsyncIterator[bytes]:
    yield csv_head(columns)
    async for page in pages:
        yield await asyncio.to_thread(csv_rows, columns, page)


def download(content: bytes, name: str, media_type: str = XLSX) -> Response:
    """Answer a workbook under a file name, which may be Chinese."""
    return Response(content, 200, _headers(name), media_type=media_type)


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff",
    }
