"""A whole instance as a person starts it: it comes up, mends itself, stops cleanly and keeps its data."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from deploy.databases import sql
from deploy.instance import PROCESSES, Instance
from deploy.layout import ROOT
from deploy.probes import answers
from support.instance import free_base_port, supervised, throwaway_folder

pytestmark = pytest.mark.timeout(900)
FIRST_START_SECONDS = 240.0
SECOND_START_SECONDS = 120.0
MEND_SECONDS = 120.0
END_SECONDS = 120.0


def eventually(
    condition: Callable[[], bool], seconds: float, process: "subprocess.Popen[str] | None" = None
) -> None:
    """Wait for a condition; a run that ends before it fails with what it printed."""
    began = time.monotonic()
    while not condition():
        assert process is None or process.poll() is None, process.communicate()[0]
        assert time.monotonic() - began < seconds, "it did not come about"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with throwaway_folder() as folder:
        yield Instance(folder / "data", free_base_port())


def start(instance: Instance) -> AbstractContextManager["subprocess.Popen[str]"]:
    return supervised(instance.layout.data, instance.layout.port, "--no-seed")


def command(instance: Instance, name: str, *options: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "deploy", name, "--data", str(instance.layout.data), *options]
    return subprocess.run(line, cwd=ROOT, check=False, capture_output=True, text=True, timeout=END_SECONDS)


def whole(instance: Instance) -> bool:
    """Tell whether all eight processes live and the console says that everything is well."""
    return len(instance.pids()) == len(PROCESSES) and answers(f"{instance.layout.url('console')}/readyz")


def mended(instance: Instance, before: dict[str, int]) -> bool:
    """Tell whether every process is another one than before and all is well again."""
    return set(instance.pids().items()).isdisjoint(before.items()) and whole(instance)


def processes_of(data: Path) -> list[str]:
    """Give the command lines that name a data folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(data) in line and int(entry.name) != os.getpid():
            found.append(line)
    return found


def nothing_left(instance: Instance) -> bool:
    """Tell whether no process, no listener and no socket of an instance is left."""
    sockets = [path for path in instance.layout.sockets.rglob("*") if path.is_socket()]
    return not processes_of(instance.layout.data) and not instance.pids() and not sockets


def note(instance: Instance, statement: str) -> list[str]:
    return sql(instance.postgres, instance.keys, statement, "keypost_registry")


def test_what_is_killed_comes_back_and_a_second_run_is_refused_until_make_stop(instance: Instance) -> None:
    with start(instance) as process:
        eventually(lambda: whole(instance), FIRST_START_SECONDS, process)
        note(instance, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
        before = instance.pids()
        assert set(before) == set(PROCESSES)
        for name in PROCESSES:
            instance.kill(name)
        eventually(lambda: mended(instance, before), MEND_SECONDS, process)
        assert note(instance, "SELECT n FROM kept") == ["1"]

        refused = command(instance, "run", "--port", str(free_base_port()))
        assert refused.returncode == 1
        assert "already running" in refused.stderr

        assert command(instance, "stop").returncode == 0
        process.wait(END_SECONDS)
        assert process.returncode == 0
    assert nothing_left(instance)


def test_a_second_start_keeps_data_and_ctrl_c_leaves_nothing(instance: Instance) -> None:
    with start(instance) as process:
        eventually(lambda: whole(instance), SECOND_START_SECONDS, process)
        assert note(instance, "SELECT n FROM kept") == ["1"]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=END_SECONDS)
        assert process.returncode == 0
    assert nothing_left(instance)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the parent-death signal is Linux's")
def test_killing_the_parent_while_it_starts_leaves_nothing_behind(instance: Instance) -> None:
    with start(instance) as process:
        eventually(lambda: len(instance.pids()) == len(PROCESSES), FIRST_START_SECONDS, process)
        process.kill()
        eventually(lambda: nothing_left(instance), END_SECONDS)
