"""Attachments: evidence with the scope of the record it hangs on; the type is told by the content."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from chassis.encoding import dumps
from chassis.http.edge import Answer, AtTheEdge, Authenticated
from chassis.http.problems import RequestRefused, problems
from chassis.ids import uuid7
from chassis.transaction import Transaction, scoped
from contracts.refusals import InvalidValue, NotFound

router = APIRouter(tags=["attachments"])
LONGEST_NAME = 200
HungOn = Callable[[Transaction, str], Awaitable[str | None]]
"""Gives the one form in which a service names the record that a text means; None where the caller sees no such record."""
TYPES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
)


@router.post(
    "/v1/attachments",
    status_code=201,
    operation_id="attach",
    summary="上传附件",
    responses=problems(400, 401, 413, 415, 422),
)
async def attach(
    request: Request,
    caller: Authenticated,
    edge: AtTheEdge,
    file: Annotated[UploadFile, File(description="PDF、PNG、JPEG、Office 文档或文本，不超过 10 MB")],
    subject: Annotated[str | None, Form(max_length=100)] = None,
) -> Response:
    """Keep a file of at most 10 MB under the caller's organisation, or with the record that it hangs on."""
    most = request.app.state.settings.max_attachment_bytes
    content = await file.read(most + 1)
    if len(content) > most:
        raise RequestRefused(
            413, "attachment-too-large", "附件超过 10 MB", "The attachment is larger than 10 MB"
        )
    media_type = media_type_of(content)
    name = (file.filename or "attachment")[:LONGEST_NAME].replace("\x00", "")
    digest = hashlib.sha256(content).digest()
    same = dumps([name, subject, digest.hex()])

    async def run(tx: Transaction) -> Answer:
        attachment_id = uuid7()
        hung = await _hung(request, tx, subject)
        await tx.execute(
            """INSERT INTO attachment (id, org_id, subject, name, media_type, size, sha256, content, uploaded_by,
                                       uploaded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
            attachment_id, caller.org_id, hung, name, media_type, len(content), digest, content,
            caller.staff_id, tx.now,
        )  # fmt: skip
        body = {"id": attachment_id, "subject": hung, "name": name, "media_type": media_type}
        told = {**body, "size": len(content), "sha256": digest.hex()}
        return Answer(201, told, location=f"/v1/attachments/{attachment_id}")

    return await edge.write(request, caller, run, content=same)


@router.get(
    "/v1/attachments/{attachment_id}",
    operation_id="get_attachment",
    summary="下载附件",
    responses=problems(401, 404, 422),
)
async def get_attachment(
    attachment_id: UUID, request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """Give a file of the caller's scope; browsers are told to keep it, not to run it."""
    pool = request.app.state.runtime.database.app
    async with scoped(pool, edge.moment(request, caller), readonly=True) as tx:
        row = await tx.fetchrow(
            "SELECT name, media_type, content FROM attachment WHERE id = $1", attachment_id
        )
    if row is None:
        raise NotFound("附件不存在", "No such attachment", pointer="path:attachment_id")
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(row["content"], 200, headers, media_type=row["media_type"])


async def _hung(request: Request, tx: Transaction, subject: str | None) -> str | None:
    """Give the subject as it is kept; raises InvalidValue where it is none that the caller sees, or is needed and missing."""
    hung_on: HungOn | None = request.app.state.hung_on
    if hung_on is None:
        return subject
    hung = await hung_on(tx, subject) if subject else None
    if hung is None:
        raise InvalidValue(
            "附件应归于您可见的一项记录",
            "An attachment hangs on a record that you may see",
            pointer="/subject",
        )
    return hung


def media_type_of(content: bytes) -> str:
    """Tell the type from the content; raises 415 for what is neither a known document nor text."""
    for magic, media_type in TYPES:
        if content.startswith(magic):
            return media_type
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\x00"
    if not content or "\x00" in text:
        raise RequestRefused(
            415,
            "attachment-type",
            "附件应为 PDF、PNG、JPEG、Office 文档或文本",
            "An attachment is a PDF, PNG, JPEG, Office document or text",
            pointer="/file",
        )
    return "text/plain; charset=utf-8"
