"""The API documentation of the registry: every operation has an example, every example runs, the pages say just that."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from support.api_books import Chapters
from support.disputes import RIVAL_HEAD
from support.examples import Book
from support.instance import Databases
from support.registry import AGENT, FAR, RIVAL, SECOND, running_registry
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
)

PEOPLE = {
    "manager": MANAGER,
    "second": SECOND,
    "rival": RIVAL,
    "far": FAR,
    "head": HEAD,
    "rival_head": RIVAL_HEAD,
    "officer": OFFICER,
    "director": DIRECTOR,
    "far_officer": FAR_OFFICER,
    "province": PROVINCE,
    "drafter": PROVINCE_OFFICER,
    "inspector": INSPECTOR,
    "agent": AGENT,
    "administrator": ADMINISTRATOR,
}
CHAPTERS = Chapters("registry")


@pytest_asyncio.fixture(scope="module")
async def book(registry_databases: Databases) -> AsyncIterator[Book]:
    """A registry of its own, which the examples change from the first to the last."""
    async with running_registry(registry_databases("registry")) as running:
        yield Book(running, PEOPLE)


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
