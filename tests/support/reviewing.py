"""One yearly review as the province goes through it: proposed, its lines read, published."""

from typing import Any

from support.service import PROVINCE, PROVINCE_OFFICER, Person, ServiceUnderTest, expect
from support.tiering import Planted


async def proposed(
    tiering: ServiceUnderTest, year: int = 2025, by: Person = PROVINCE_OFFICER
) -> dict[str, Any]:
    """Propose the year's review; gives it."""
    return dict(expect(await tiering.post(by, "/reviews", {"year": year}), 201))


async def lines_of(tiering: ServiceUnderTest, review: dict[str, Any], **filters: Any) -> list[dict[str, Any]]:
    """Give the first page of a review's lines."""
    answer = await tiering.get(PROVINCE, f"/reviews/{review['id']}/lines", **filters)
    return list(expect(answer, 200)["items"])


async def line_of(tiering: ServiceUnderTest, review: dict[str, Any], customer: Planted) -> dict[str, Any]:
    """Give a customer's line of a review."""
    answer = await tiering.get(PROVINCE, f"/reviews/{review['id']}/lines/{customer.code}")
    return dict(expect(answer, 200))


async def published(
    tiering: ServiceUnderTest, review: dict[str, Any], by: Person = PROVINCE
) -> dict[str, Any]:
    """Publish a review; gives it."""
    return dict(expect(await tiering.post(by, f"/reviews/{review['id']}/publish"), 200))
