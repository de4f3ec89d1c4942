"""The list of named points is whole: each is in the code, each of the code is in the list, and at each something dies."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis import points
from deploy.layout import ROOT
from support import dying

PRODUCTION = ("shared", "services")
DEATHS = ROOT / "tests"
LETTING_DIE = {"let_die", "armed", "a_process_that_dies"}


def reached_in(folder: Path) -> Iterator[tuple[str, ast.expr]]:
    """Give the argument of every call of `points.reach` with its place."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("points.reach"):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0]


def calls() -> list[tuple[str, ast.expr]]:
    return [call for name in PRODUCTION for call in reached_in(ROOT / name)]


def name_of(node: ast.AST) -> str:
    """Give the name that is read here."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def named_where_services_die() -> set[str]:
    """Give the points that are named where services are let die."""
    names: set[str] = set()
    for path in DEATHS.rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if LETTING_DIE & {name_of(node) for node in ast.walk(tree)}:
            names |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)} & set(
                points.POINTS
            )
    return names


def test_every_point_is_reached_under_a_name_that_stands_in_the_call() -> None:
    assert [place for place, name in calls() if not isinstance(name, ast.Constant)] == []


def test_the_list_names_the_points_of_the_code_and_no_others() -> None:
    assert {name.value for _, name in calls() if isinstance(name, ast.Constant)} == set(points.POINTS)


def test_at_every_point_of_the_list_something_dies() -> None:
    assert set(points.POINTS) - named_where_services_die() == set()


def test_every_point_says_what_has_happened_there_and_what_not() -> None:
    assert [name for name, happened in points.POINTS.items() if ";" not in happened] == []


def test_a_point_that_is_not_in_the_list_fails_where_tests_run() -> None:
    assert points._reached is dying.known
    with pytest.raises(LookupError, match=r"relay\.never"):
        points.reach("relay.never")
