"""Runs the examples of a service's API documentation, one after the other, as the persons they name.

`docs/api/README.md` says how they are written. What an example keeps stands for `${name}` in those behind it.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any
from uuid import uuid4

import httpx

from support.annex_1 import workbook
from support.service import Person, ServiceUnderTest
from support.waiting import LOOK_EVERY_SECONDS, PATIENCE_SECONDS

ALONE = re.compile(r"\$\{(\w+)\}")


@dataclass
class Book:
    """What the examples of a service know: its persons, and what was kept so far."""

    service: ServiceUnderTest
    people: Mapping[str, Person]
    kept: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, person in self.people.items():
            self.kept[name] = str(person.staff_id)

    def filled(self, value: Any) -> Any:
        """Put what was kept in the place of its name; a text that is a name alone becomes the value itself."""
        if isinstance(value, Mapping):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if not isinstance(value, str):
            return value
        alone = ALONE.fullmatch(value)
        return self.kept[alone[1]] if alone else Template(value).substitute(self.kept)

    async def run(self, example: Mapping[str, Any]) -> httpx.Response:
        """Send an example, hold its answer against what it says, and keep what it names."""
        if "clock" in example:
            self.service.set_clock(example["clock"])
        answer = await self._answer(example)
        assert answer.status_code == example["status"], f"{example['operation']}: {answer.text}"
        differences = self._differences(example, answer)
        assert not differences, f"{example['operation']}: {differences} in {answer.text}"
        for name, path in example.get("keep", {}).items():
            self.kept[name] = answer.content if path == "content" else _at(answer.json(), path)
        return answer

    async def _answer(self, example: Mapping[str, Any]) -> httpx.Response:
        """Send an example; where the service gets to it behind the request, until it has."""
        answer = await self.service.http.request(**self._request(example))
        waited = 0.0
        while example.get("soon") and self._differences(example, answer) and waited < PATIENCE_SECONDS:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            waited += LOOK_EVERY_SECONDS
            answer = await self.service.http.request(**self._request(example))
        return answer

    def _differences(self, example: Mapping[str, Any], answer: httpx.Response) -> list[str]:
        """Name what an example says of its answer and is not so."""
        expected, found = {}, {}
        if "location" in example:
            expected["Location"], found["Location"] = example["location"], answer.headers.get("location")
        if "answer" in example:
            expected["answer"], found["answer"] = self.filled(example["answer"]), answer.json()
        return list(_missing(expected, found))

    def _request(self, example: Mapping[str, Any]) -> dict[str, Any]:
        method, path = self._route(example["operation"])
        request: dict[str, Any] = {
            "method": method,
            "url": path.format_map(self.filled(example.get("path", {}))),
            "headers": self._headers(method, example),
        }
        if "query" in example:
            request["params"] = self.filled(example["query"])
        if "body" in example:
            request["json"] = self.filled(example["body"])
        if "file" in example:
            sent = self.filled(example["file"])
            request["files"] = {"file": (sent["name"], _content(sent))}
            request["data"] = self.filled(example.get("form", {}))
        return request

    def _headers(self, method: str, example: Mapping[str, Any]) -> dict[str, str]:
        headers = self.service.headers(self.people[example["as"]])
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid4())
        if "if_match" in example:
            headers["If-Match"] = f'"{self.filled(example["if_match"])}"'
        return headers

    def _route(self, operation_id: str) -> tuple[str, str]:
        for path, operations in self.service.app.openapi()["paths"].items():
            for method, operation in operations.items():
                if operation["operationId"] == operation_id:
                    return method.upper(), path
        raise LookupError(f"no operation {operation_id}")


def _content(sent: Mapping[str, Any]) -> bytes:
    """Give the bytes of a file: kept from a download, a text, or forms filled in by their labels."""
    if "annex_1" in sent:
        return workbook(sent["annex_1"])
    content = sent["content"]
    return content if isinstance(content, bytes) else str(content).encode()


def _missing(expected: Any, found: Any, at: str = "") -> Iterator[str]:
    """Name what was expected and is not there; a list must begin with what is expected of it."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key, each in expected.items():
            yield from _missing(each, found.get(key), f"{at}/{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) <= len(found):
        for place, each in enumerate(expected):
            yield from _missing(each, found[place], f"{at}/{place}")
    elif expected != found:
        yield f"{at}: {expected!r} expected, {found!r} found"


def _at(body: Any, path: str) -> Any:
    for step in path.split("."):
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body
