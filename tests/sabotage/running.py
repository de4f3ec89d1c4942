"""Runs tests of the copied tree and tells what became of each: failed on its own account, or for another reason."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Xml

from sabotage.workshop import Workshop

PASSED, FAILED, BROKEN, HUNG = "passed", "failed", "broken", "hung"
"""BROKEN is an error in collection or set-up: it proves nothing about the protection."""
RAN_OUT = "Timeout ("
TIDYING_SECONDS = 40.0
LONGEST_REASON = 150


@dataclass(frozen=True)
class Run:
    """What one run of pytest came to."""

    outcomes: dict[str, str]
    reasons: dict[str, str]
    exit_code: int | None
    seconds: float
    output: str

    def of(self, test: str) -> str:
        """Give the worst that befell a test, or any of its parameters; BROKEN where it did not run."""
        met = [state for name, state in self.outcomes.items() if _is(name, test)]
        for state in (FAILED, HUNG, BROKEN, PASSED):
            if state in met:
                return state
        return HUNG if self.exit_code is None else BROKEN

    def reason(self, test: str) -> str:
        """Give in a line why a test failed."""
        return next((why for name, why in self.reasons.items() if _is(name, test)), "")


def _is(name: str, test: str) -> bool:
    return name == test or name.startswith(f"{test}[")


def run_tests(made: Workshop, tests: Sequence[str], broker: str, seconds: float) -> Run:
    """Run tests in the copy, with an end to it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="keypost-sabotage-") as folder:
        report, log = Path(folder) / "report.xml", Path(folder) / "log"
        line = [
            *(str(made.python), "-m", "pytest", "-p", "no:cacheprovider", "-q", "--tb=short"),
            *("-o", "junit_family=xunit1", f"--junitxml={report}", f"--timeout={seconds:.0f}"),
            *tests,
        ]
        code = _bounded(line, made, {"KEYPOST_TEST_BROKER": broker}, log, seconds)
        took = time.monotonic() - began
        found = _cases(report)
        return Run(
            {name: _outcome(case) for name, case in found.items()},
            {name: why for name, case in found.items() if (why := _reason(case))},
            code,
            took,
            log.read_text(errors="replace"),
        )


def _bounded(
    line: Sequence[str], made: Workshop, changed: dict[str, str], log: Path, seconds: float
) -> int | None:
    """Run a command; past its time it is asked to tidy up, then ended. Gives None for one that had to be ended."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            line,
            cwd=made.root,
            env={**environment, **changed},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            return process.wait(seconds + TIDYING_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(TIDYING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            return None
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait(TIDYING_SECONDS)
            raise


def _cases(report: Path) -> dict[str, Xml.Element]:
    try:
        cases = list(Xml.parse(report).iter("testcase"))
    except (OSError, Xml.ParseError):
        return {}
    return {f"{case.get('file')}::{case.get('name')}": case for case in cases if case.get("file")}


def _reason(case: Xml.Element) -> str:
    failure = case.find("failure")
    told = (failure.get("message") or "") if failure is not None else ""
    return " ".join(told.split())[:LONGEST_REASON]


def _outcome(case: Xml.Element) -> str:
    failure = case.find("failure")
    if failure is not None:
        told = (failure.get("message") or "") + (failure.text or "")
        return HUNG if RAN_OUT in told else FAILED
    error = case.find("error")
    if error is not None and "on teardown" not in (error.get("message") or ""):
        return BROKEN
    return PASSED
