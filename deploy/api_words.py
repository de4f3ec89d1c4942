"""The words of the API pages under docs/api: what services share, and what each has of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.api_members import Words
from deploy.layout import ROOT

FOLDER = ROOT / "docs" / "api"


class _Text(yaml.SafeLoader):
    """Leaves dates and times the text that they are, and `on` the name of a member; true and false alone are either."""


# Laid beside those of SafeLoader, which everyone else reads with: never into them.
setattr(  # noqa: B010 - a class attribute that mypy takes for an instance's
    _Text,
    "yaml_implicit_resolvers",
    {
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if not tag.endswith(":timestamp") and not (tag.endswith(":bool") and first not in "tTfF")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    },
)


def chapter(file: Path) -> dict[str, Any]:
    """Give one file of examples or words; dates in it are text, as in JSON."""
    read: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), _Text)  # noqa: S506 - a safe loader with one kind less
    return read


@cache
def read(name: str) -> Mapping[str, Any]:
    """Give one file under `words`, read once; what is not there holds nothing."""
    file = FOLDER / "words" / f"{name}.yaml"
    return chapter(file) if file.exists() else {}


@dataclass(frozen=True)
class Vocabulary:
    """The words of a service: its own, and behind them those that services share."""

    service: str

    def of(self, name: str) -> Words:
        """Give the words of one sort: members, operations, problems, roles, page."""
        return {**read(name), **read(f"{self.service}/{name}")}

    def own(self, name: str) -> Mapping[str, Any]:
        """Give what only this service has: people, customers."""
        return read(f"{self.service}/{name}")
