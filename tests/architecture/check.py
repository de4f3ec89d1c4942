"""Runs every static check, says how long each took, and fails when one did."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PY = sys.executable
CODE = ("shared", "services", "deploy", "tests/support", "tests/architecture", "tests/sabotage")

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", (str(BIN / "ruff"), "check", "--quiet", "--output-format", "concise", ".")),
    ("ruff format", (str(BIN / "ruff"), "format", "--check", "--output-format", "concise", ".")),
    ("business numbers", (PY, "tests/architecture/business_numbers.py")),
    ("import contracts", (str(BIN / "lint-imports"), "--config", ".importlinter", "--no-cache")),
    ("regulation packs", (PY, "-m", "regulations")),
    ("event contracts", (PY, "-m", "contracts", "--check")),
    ("unread topics", (PY, "tests/architecture/unread_topics.py")),
    ("sizes", (PY, "tests/architecture/sizes.py")),
    ("mypy --strict", (str(BIN / "mypy"), "--strict", "--no-error-summary", *CODE)),
)


def main() -> int:
    """Run all steps, also after one has failed."""
    failed = []
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    for name, command in STEPS:
        began = time.monotonic()
        done = subprocess.run(
            command,
            cwd=ROOT,
            check=False,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        word = "FAILED" if done.returncode else "ok"
        print(f"{name:<18} {word:<7} {time.monotonic() - began:5.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
