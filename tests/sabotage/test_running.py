"""Only a test that failed on its own account counts: one that was never reached, or never ended, proves nothing."""

import sys
from pathlib import Path

import pytest

from sabotage.__main__ import judged
from sabotage.running import BROKEN, FAILED, HUNG, PASSED, Run, run_tests
from sabotage.table import Case, Cut
from sabotage.workshop import Workshop

SOURCE = """
import time, pytest

@pytest.fixture
def broken():
    raise RuntimeError

def test_passes(): ...
def test_fails(): assert False, "on its own account"
def test_is_not_reached(broken): ...
def test_never_ends(): time.sleep(60)
@pytest.mark.parametrize("n", [1, 2])
def test_fails_for_one(n): assert n == 1
"""
OUTCOMES = {
    "passes": PASSED,
    "fails": FAILED,
    "is_not_reached": BROKEN,
    "never_ends": HUNG,
    "fails_for_one": FAILED,
    "is_not_there": BROKEN,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root: Path = tmp_path_factory.mktemp("tree")
    (root / ".venv").symlink_to(sys.prefix)
    (root / "test_a.py").write_text(SOURCE)
    return run_tests(Workshop(root), ["test_a.py"], "embedded", 3)


def id_of(name: str) -> str:
    return f"test_a.py::test_{name}"


@pytest.mark.parametrize(("name", "outcome"), list(OUTCOMES.items()))
def test_what_became_of_a_test_is_told_apart(run: Run, name: str, outcome: str) -> None:
    assert run.of(id_of(name)) == outcome


def test_the_reason_is_told(run: Run) -> None:
    assert "on its own account" in run.reason(id_of("fails"))


@pytest.mark.parametrize(
    ("names", "outcome"),
    [
        (("fails", "fails_for_one"), FAILED),
        (("fails", "passes"), PASSED),
        (("fails", "is_not_reached"), BROKEN),
        (("fails", "never_ends"), HUNG),
    ],
)
def test_a_case_counts_when_each_of_its_tests_failed(run: Run, names: tuple[str, ...], outcome: str) -> None:
    cut = Cut("m.py", "a", "b")
    case = Case("a-case", "字", "word", "the guard", (cut,), tuple(id_of(name) for name in names))
    assert judged(case, run) == outcome
