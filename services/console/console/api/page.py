"""The page and its files, from the package; the browser is told to load and run nothing else."""

from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from importlib import resources

from fastapi import APIRouter, Request
from fastapi.responses import Response

from contracts.refusals import NotFound

router = APIRouter(include_in_schema=False)

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
GUARDS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def _read() -> Mapping[str, tuple[bytes, str]]:
    folder = resources.files("console") / "page"
    files = [folder / "index.html", *(folder / "assets").iterdir()]
    return {
        file.name: (file.read_bytes(), MEDIA_TYPES[file.name.rpartition(".")[-1]])
        for file in files
        if file.name.rpartition(".")[-1] in MEDIA_TYPES
    }


FILES = _read()


@router.get("/")
async def page(request: Request) -> Response:
    """Give the page."""
    return _file(request, "index.html")


@router.get("/assets/{name}")
async def asset(name: str, request: Request) -> Response:
    """Give one of the page's files."""
    if name == "index.html":
        raise _unknown()
    return _file(request, name)


def _file(request: Request, name: str) -> Response:
    if name not in FILES:
        raise _unknown()
    content, media_type = FILES[name]
    etag = f'"{sha256(content).hexdigest()}"'
    headers = {**GUARDS, "ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def _unknown() -> NotFound:
    return NotFound("没有这个文件", "No such file")
