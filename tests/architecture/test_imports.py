"""Every import contract holds for the tree as it is, and breaks when its violation is planted in a copy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")
SERVICES = ("registry", "tiering", "pricing", "service-desk", "scoring", "console")

PLANTED = [
    ("shape", "services/registry/registry/model/planted.py", "import registry.handlers"),
    ("shape", "services/service-desk/service_desk/handlers/planted.py", "import service_desk.repository"),
    ("shape", "services/registry/registry/unheard_of.py", ""),
    ("console", "services/console/console/model.py", "import console.queries"),
    ("strangers", "services/service-desk/service_desk/policies/planted.py", "import registry.model"),
    ("strangers", "services/console/console/planted.py", "import scoring"),
    ("ground", "shared/chassis/planted.py", "import registry"),
    ("ground", "shared/contracts/planted.py", "import chassis.clock"),
    ("ground", "shared/regulations/planted.py", "import contracts.envelope"),
    ("runtime", "services/registry/registry/handlers/planted.py", "import deploy.instance"),
    ("pure-model", "services/registry/registry/model/planted.py", "import chassis.clock"),
    ("pure-model", "services/service-desk/service_desk/model/planted.py", "import sqlalchemy"),
    ("pure-policies", "services/registry/registry/policies/planted.py", "import asyncpg"),
    ("pure-policies", "services/registry/registry/policies/planted.py", "import chassis.clock"),
    ("pure-law", "shared/regulations/planted.py", "import fastapi"),
    ("chassis-floor", "shared/chassis/clock.py", "import chassis.settings"),
    ("no-cycles", "shared/chassis/database.py", "import chassis.transaction"),
]


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("tree")
    for folder in ("services", "shared", "deploy"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", target)
    return target


def lint(tree: Path, contract: str) -> subprocess.CompletedProcess[str]:
    roots = [tree / "shared", *(tree / "services" / service for service in SERVICES)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots))}
    command = [str(LINT), "--no-cache", "--contract", contract]
    return subprocess.run(command, cwd=tree, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("contract", sorted({contract for contract, _, _ in PLANTED}))
def test_the_tree_as_it_is_keeps_each_contract(copied_tree: Path, contract: str) -> None:
    done = lint(copied_tree, contract)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("contract", "path", "line"), PLANTED)
def test_a_planted_violation_breaks_its_contract(
    copied_tree: Path, contract: str, path: str, line: str
) -> None:
    target = copied_tree / path
    before = target.read_text() if target.exists() else None
    target.write_text(f"{before or ''}\n{line}\n")
    try:
        done = lint(copied_tree, contract)
    finally:
        target.unlink() if before is None else target.write_text(before)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
