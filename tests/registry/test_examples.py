"""The API documentation of the registry: every operation has an example, every example runs, the pages say just that."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from deploy import api_pages
from support.disputes import RIVAL_HEAD
from support.examples import Book, chapters
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
CHAPTERS = chapters("registry")
EXAMPLES = [example for _, chapter in CHAPTERS for example in chapter["examples"]]
NAMES = [
    f"{name}-{place}-{example['operation']}"
    for name, chapter in CHAPTERS
    for place, example in enumerate(chapter["examples"])
]


@pytest_asyncio.fixture(scope="module")
async def book(registry_databases: Databases) -> AsyncIterator[Book]:
    """A registry of its own, which the examples change from the first to the last."""
    async with running_registry(registry_databases("registry")) as running:
        yield Book(running, PEOPLE)


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
async def test_the_example_runs(book: Book, example: dict[str, Any]) -> None:
    await book.run(example)


def test_everything_is_said_in_both_languages() -> None:
    said = [one for _, chapter in CHAPTERS for one in (chapter["title"], chapter["about"])]
    said += [example["says"] for example in EXAMPLES]
    assert [one for one in said if one.keys() != {"zh", "en"} or not all(one.values())] == []


def test_the_pages_say_who_each_person_of_an_example_is() -> None:
    named = {example["as"] for example in EXAMPLES}
    assert named <= api_pages.people().keys()
    assert {name: person.role for name, person in PEOPLE.items()} == {
        name: one["role"] for name, one in api_pages.people().items()
    }


async def test_every_operation_has_an_example(book: Book) -> None:
    operations = {
        operation["operationId"]
        for methods in book.service.app.openapi()["paths"].values()
        for operation in methods.values()
    }
    shown = {example["operation"] for example in EXAMPLES if not example.get("aside")}
    assert sorted(operations - shown) == []


async def test_a_problem_of_an_example_is_one_that_its_operation_names(book: Book) -> None:
    operations = {
        operation["operationId"]: operation
        for methods in book.service.app.openapi()["paths"].values()
        for operation in methods.values()
    }
    for example in EXAMPLES:
        if example["status"] >= 400:
            named = operations[example["operation"]]["x-problems"][str(example["status"])]
            assert example["answer"]["code"] in named


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_pages_say_what_the_document_and_the_examples_say(book: Book, language: str) -> None:
    written = api_pages.paths("registry")[language].read_text(encoding="utf-8")
    assert written == api_pages.page("registry", book.service.app.openapi(), language), "make api-pages"
