"""The API documentation of the desk: every operation has an example, every example runs, the pages say just that."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from chassis.ids import uuid7
from deploy.api_words import Vocabulary
from support.api_books import Chapters
from support.disputes import RIVAL_HEAD
from support.examples import Book
from support.facts import customer_fact
from support.instance import Databases
from support.registry import AGENT
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    FAR_OFFICER,
    FINANCE,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    running_service,
    surroundings,
)

PEOPLE = {
    "agent": AGENT,
    "far_agent": Person("420500", "hotline-agent", "沈坐席", "42050003"),
    "manager": MANAGER,
    "head": HEAD,
    "rival_head": RIVAL_HEAD,
    "officer": OFFICER,
    "director": DIRECTOR,
    "finance": FINANCE,
    "second_finance": Person("420100", "finance", "吕会计", "42010005"),
    "far_officer": FAR_OFFICER,
    "drafter": PROVINCE_OFFICER,
    "province": PROVINCE,
    "inspector": INSPECTOR,
    "administrator": ADMINISTRATOR,
}
CHAPTERS = Chapters("service-desk")
# The clocks of the daily feedback begin by a round behind the requests: more often here than a desk needs it.
ROUNDS = {"KEYPOST_FEEDBACK_SECONDS": "0.2"}


@pytest_asyncio.fixture(scope="module")
async def book(desk_databases: Databases) -> AsyncIterator[Book]:
    """A desk of its own, which the examples change from the first to the last; it has heard of the customers told."""
    with surroundings(ROUNDS):
        starting = running_service("service-desk", desk_databases("service-desk"))
        async with starting as desk:
            await employ_everybody(desk)
            yield Book(desk, PEOPLE, kept=await customers_heard_of(desk))


async def employ_everybody(desk: ServiceUnderTest) -> None:
    """Put on the staff who is not there yet, as the directory's consumer would have."""
    for one in PEOPLE.values():
        await desk.rows(
            """INSERT INTO staff (staff_id, staff_no, name, org_id, roles, version) VALUES ($1, $2, $3, $4, $5, 1)
               ON CONFLICT DO NOTHING""",
            one.staff_id, one.staff_no, one.name, one.org_id, [one.role],
        )  # fmt: skip
    await desk.runtime.directory.refresh()


async def customers_heard_of(desk: ServiceUnderTest) -> dict[str, str]:
    """Tell the desk of the customers that the pages name; gives their ids by the names that examples use."""
    known: dict[str, str] = {}
    for name, one in Vocabulary("service-desk").own("customers").items():
        facts: dict[str, Any] = {
            "customer_code": one["code"],
            "name": one["name"],
            "phone_keys": [key for phone in one["phones"] for key in desk.runtime.phones.keys(phone)],
            "org_id": one["org_id"],
            "initial_class": one["class"],
            "vip": one["vip"],
            "manager_id": str(PEOPLE[one["manager"]].staff_id) if one["manager"] else None,
        }
        customer_id = uuid7()
        await desk.hear(customer_fact(customer_id, **facts))
        known[name] = str(customer_id)
    return known


@pytest.mark.parametrize("example", CHAPTERS.examples, ids=CHAPTERS.names)
async def test_the_example_runs(book: Book, example: dict[str, Any]) -> None:
    await book.run(example)


def test_everything_is_said_in_both_languages() -> None:
    assert CHAPTERS.said_in_one_language() == []


def test_the_pages_say_who_each_person_of_an_example_is() -> None:
    assert CHAPTERS.strangers(PEOPLE) == []


async def test_every_operation_has_an_example(book: Book) -> None:
    assert CHAPTERS.operations_without(book.service.app) == []


async def test_a_problem_of_an_example_is_one_that_its_operation_names(book: Book) -> None:
    assert CHAPTERS.unnamed_problems(book.service.app) == []


async def test_the_pages_say_what_the_document_and_the_examples_say(book: Book) -> None:
    assert CHAPTERS.stale(book.service.app) == [], "make api-pages"
