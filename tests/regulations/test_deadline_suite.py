"""The public deadline suite: complete, and counted twice by programs that share no line."""

import ast
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

COUNTER = Path(__file__).with_name("independent_counter.py")
FILE = Path(__file__).parents[2] / "shared/regulations/suite/deadlines.json"
OURS = {"chassis", "regulations", "contracts"}


def count(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", str(COUNTER), str(file)], capture_output=True, text=True)


def test_the_independent_counter_agrees_with_every_case() -> None:
    counted = count(FILE)
    assert counted.returncode == 0, counted.stdout


def test_the_independent_counter_imports_nothing_of_ours() -> None:
    tree = ast.parse(COUNTER.read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else
            [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    assert imported <= set(sys.stdlib_module_names)
    assert not imported & OURS


@pytest.mark.parametrize(
    ("field", "changed"),
    [("due_on", "2026-11-21"), ("warnings", []), ("provisional", True), ("verdicts", [])],
)
def test_a_wrong_expectation_is_found(tmp_path: Path, field: str, changed: object) -> None:
    suite = json.loads(FILE.read_text(encoding="utf-8"))
    suite["cases"][0]["expect"][field] = changed
    spoiled = tmp_path / "spoiled.json"
    spoiled.write_text(json.dumps(suite), encoding="utf-8")
    counted = count(spoiled)
    assert counted.returncode == 1
    assert suite["cases"][0]["id"] in counted.stdout


def test_the_suite_is_large_enough_and_names_each_case_once() -> None:
    cases = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
    assert len(cases) >= 120
    assert Counter(case["id"] for case in cases).most_common(1)[0][1] == 1
    assert sum(case.get("by") == "hand" for case in cases) >= 20
