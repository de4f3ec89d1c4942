"""What is imported is declared where it is imported, so that an empty environment holds it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = tuple(f"services/{path.name}" for path in sorted((ROOT / "services").iterdir()))
OURS = {path.name for member in (*SERVICES, "shared") for path in (ROOT / member).iterdir() if path.is_dir()}
OURS |= {"deploy", "support", "architecture", "sabotage"}
PARTS = {
    "shared": ("shared",),
    **{service: (service, "shared") for service in SERVICES},
    "deploy": (".", "shared"),
    "tests": (".", "shared", *SERVICES),
}


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Give the top-level packages that modules below a folder import, with the module."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                yield name.partition(".")[0], path.relative_to(ROOT).as_posix()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name, maxsplit=1)[0]).lower()


def declared(member: str) -> set[str]:
    """Give the distributions that a member's pyproject declares, test tools included for the root."""
    document = tomllib.loads((ROOT / member / "pyproject.toml").read_text(encoding="utf-8"))
    groups = document.get("dependency-groups", {})
    return {plain(each) for each in (*document["project"]["dependencies"], *groups.get("dev", ()))}


@pytest.mark.parametrize("folder", PARTS)
def test_every_imported_package_is_declared(folder: str) -> None:
    allowed = set().union(*(declared(member) for member in PARTS[folder]))
    distributions = packages_distributions()
    missing = {
        f"{name} ({path})"
        for name, path in imported(ROOT / folder)
        if name not in OURS
        and name not in sys.stdlib_module_names
        and not allowed.intersection(plain(each) for each in distributions.get(name, [name]))
    }
    assert not missing


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_requirements_hold_every_declared_distribution(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    locked = {plain(line.split("==")[0]) for line in text.splitlines() if re.match(r"\w", line)}
    wanted = set().union(*(declared(member) for member in ("shared", *SERVICES)))
    wanted |= declared(".") if name == "test" else set()
    assert {each for each in wanted - locked if not each.startswith("keypost-")} == set()
