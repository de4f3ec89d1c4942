"""What holds for the API documentation of every service: its chapters, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import FastAPI

from deploy.api_pages import page, paths
from deploy.api_words import FOLDER, Vocabulary, chapter
from support.service import Person

Json = dict[str, Any]


@dataclass(frozen=True)
class Chapters:
    """The chapters of a service's examples in their order."""

    service: str

    @cached_property
    def _read(self) -> list[tuple[str, Json]]:
        return [(file.stem, chapter(file)) for file in sorted((FOLDER / self.service).glob("*.yaml"))]

    @property
    def examples(self) -> list[Json]:
        """Give every example."""
        return [example for _, one in self._read for example in one["examples"]]

    @property
    def names(self) -> list[str]:
        """Give a name for every example: its file, its place, its operation."""
        return [
            f"{name}-{place}-{example['operation']}"
            for name, one in self._read
            for place, example in enumerate(one["examples"])
        ]

    def said_in_one_language(self) -> list[Json]:
        """Give what is not said in both languages."""
        said = [one for _, read in self._read for one in (read["title"], read["about"])]
        said += [example["says"] for example in self.examples]
        return [one for one in said if one.keys() != {"zh", "en"} or not all(one.values())]

    def strangers(self, people: Mapping[str, Person]) -> list[str]:
        """Name those in whose name an example is sent, or whom the page names, who are not these people in their roles."""
        told = {name: one["role"] for name, one in Vocabulary(self.service).own("people").items()}
        known = {name: person.role for name, person in people.items()}
        named = {example["as"] for example in self.examples}
        return sorted({*(named - told.keys()), *(name for name, _ in told.items() ^ known.items())})

    def operations_without(self, app: FastAPI) -> list[str]:
        """Name the operations that no example shows."""
        shown = {example["operation"] for example in self.examples if not example.get("aside")}
        return sorted(operations(app).keys() - shown)

    def unnamed_problems(self, app: FastAPI) -> list[tuple[str, str]]:
        """Give the problems of examples that their operations do not name; readiness names none and answers none."""
        known = {name: one["x-problems"] for name, one in operations(app).items()}
        return [
            (one["operation"], one["answer"]["code"])
            for one in self.examples
            if one["status"] >= 400
            and known[one["operation"]]
            and one["answer"]["code"] not in known[one["operation"]].get(str(one["status"]), ())
        ]

    def stale(self, app: FastAPI) -> list[str]:
        """Name the pages that say something else than the document and the examples."""
        return [
            path.name
            for language, path in paths(self.service).items()
            if not path.exists()
            or path.read_text(encoding="utf-8") != page(self.service, app.openapi(), language)
        ]


def operations(app: FastAPI) -> dict[str, Json]:
    """Give the operations of a service by their ids."""
    return {
        operation["operationId"]: operation
        for methods in app.openapi()["paths"].values()
        for operation in methods.values()
    }
