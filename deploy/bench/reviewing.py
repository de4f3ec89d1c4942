"""Speaks to tiering as the province's center does at a yearly review."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from chassis.clock import SHANGHAI
from chassis.database import Connection
from chassis.ids import uuid7
from deploy.bench.setting import Bench

PROVINCE = "420000"
PATIENCE = 1800.0
POLL_SECONDS = 0.05
NO_REVIEW = "TRUNCATE review, review_line CASCADE"


class WrongReview(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


@dataclass(frozen=True)
class Reviewer:
    """The province's officer proposes, its director publishes."""

    http: httpx.AsyncClient
    officer: str
    director: str

    async def proposed(self, year: int) -> tuple[dict[str, Any], float]:
        """Propose a year; gives the review as it then stands, and the seconds that took."""
        began = time.perf_counter()
        answer = await self._post(self.officer, "/v1/reviews", {"year": year})
        review: dict[str, Any] = answer.json()
        while review["state"] == "proposing":
            await asyncio.sleep(POLL_SECONDS)
            review = await self.get(f"/v1/reviews/{review['id']}")
        return review, time.perf_counter() - began

    async def published(self, review_id: str) -> tuple[dict[str, Any], float]:
        """Publish a review; gives it, and the seconds that took."""
        began = time.perf_counter()
        answer = await self._post(self.director, f"/v1/reviews/{review_id}/publish", {})
        review: dict[str, Any] = answer.json()
        return review, time.perf_counter() - began

    async def get(self, path: str, **asked: Any) -> dict[str, Any]:
        """Read something."""
        answer = await self.http.get(path, params=asked, headers={"Authorization": f"Bearer {self.officer}"})
        return dict(_good(answer).json())

    async def _post(self, token: str, path: str, body: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid7())}
        return _good(await self.http.post(path, json=body, headers=headers))


@asynccontextmanager
async def reviewer(bench: Bench) -> AsyncIterator[Reviewer]:
    """Give the center's two people, with tiering alone running."""
    officer, director = (bench.token(role, PROVINCE) for role in ("center-officer", "center-director"))
    bench.leave_running("tiering")
    url = f"http://127.0.0.1:{bench.instance.layout.ports['tiering']}"
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as http:
        yield Reviewer(http, officer, director)


def year_over() -> int:
    """Give the last year that is over, in business time as the sample leaves it."""
    return datetime.now(SHANGHAI).year - 1


async def forget_reviews(root: Connection) -> None:
    """Take away the reviews that were proposed, as if nobody had."""
    await root.execute(NO_REVIEW)


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.status_code not in (200, 201, 202):
        raise WrongReview(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
    return answer
