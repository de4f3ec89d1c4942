"""Holds every answer of a documented service against its OpenAPI document: no refusal that it does not name."""

from typing import Any

import httpx
from fastapi import FastAPI
from starlette.routing import compile_path

PROBLEM = "application/problem+json"


def operation_of(app: FastAPI, method: str, path: str) -> dict[str, Any] | None:
    """Give the documented operation that a request goes to, the most literal path first."""
    paths = app.openapi()["paths"]
    found = [
        operations[method.lower()]
        for template, operations in sorted(paths.items(), key=lambda item: item[0].count("{"))
        if method.lower() in operations and compile_path(template)[0].match(path)
    ]
    return found[0] if found else None


async def must_be_documented(app: FastAPI, answer: httpx.Response) -> None:
    """Fail where a problem was answered that its operation does not name; services that name none are let be."""
    if answer.headers.get("content-type") != PROBLEM:
        return
    operation = operation_of(app, answer.request.method, answer.request.url.path)
    if operation is None or "x-problems" not in operation:
        return
    await answer.aread()
    code = answer.json()["code"]
    assert code in operation["x-problems"].get(str(answer.status_code), ()), (
        f"{operation['operationId']} answered {answer.status_code} {code}, which its documentation does not name"
    )
