"""A whole instance as a person starts it: it comes up, mends itself, stops cleanly and keeps its data."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.databases import sql
from deploy.instance import PROCESSES, Instance, answers
from deploy.layout import ROOT
from support.instance import free_base_port, supervised, throwaway_folder

FIRST_START_SECONDS = 90.0
SECOND_START_SECONDS = 15.0
MEND_SECONDS = 40.0
END_SECONDS = 30.0


def eventually(condition: Callable[[], bool], seconds: float) -> float:
    """Wait for a condition and give the seconds it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not come about"
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with throwaway_folder() as folder:
        yield Instance(folder / "data", free_base_port())


@pytest.fixture
def running(instance: Instance) -> Iterator["subprocess.Popen[str]"]:
    with supervised(instance.layout.data, instance.layout.port, "--no-seed") as process:
        eventually(lambda: whole(instance) or process.poll() is not None, FIRST_START_SECONDS)
        assert process.poll() is None, process.communicate()[0]
        yield process


def whole(instance: Instance) -> bool:
    """Tell whether all eight processes live and the console says that everything is well."""
    return len(instance.pids()) == len(PROCESSES) and answers(f"{instance.layout.url('console')}/readyz")


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


def test_every_process_that_is_killed_comes_back(
    instance: Instance, running: "subprocess.Popen[str]"
) -> None:
    note(instance, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
    before = instance.pids()
    assert set(before) == set(PROCESSES)
    for name in PROCESSES:
        instance.kill(name)
    eventually(
        lambda: set(instance.pids().items()).isdisjoint(before.items()) and whole(instance), MEND_SECONDS
    )
    assert running.poll() is None
    assert note(instance, "SELECT n FROM kept") == ["1"]


def test_a_second_start_is_quick_keeps_data_and_ctrl_c_leaves_nothing(instance: Instance) -> None:
    began = time.monotonic()
    with supervised(instance.layout.data, instance.layout.port, "--no-seed") as process:
        eventually(lambda: whole(instance), SECOND_START_SECONDS)
        assert time.monotonic() - began <= SECOND_START_SECONDS
        assert note(instance, "SELECT n FROM kept") == ["1"]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=END_SECONDS)
    assert process.returncode == 0
    assert nothing_left(instance)


def test_a_folder_in_use_is_refused_and_make_stop_ends_it(
    instance: Instance, running: "subprocess.Popen[str]"
) -> None:
    line = [sys.executable, "-m", "deploy", "{}", "--data", str(instance.layout.data)]
    second = [*line[:3], "run", *line[4:], "--port", str(free_base_port())]
    refused = subprocess.run(second, cwd=ROOT, check=False, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "already running" in refused.stderr
    stopped = subprocess.run(
        [*line[:3], "stop", *line[4:]], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert stopped.returncode == 0
    running.wait(END_SECONDS)
    assert nothing_left(instance)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the kernel's parent-death signal is Linux's"
)
def test_killing_the_parent_leaves_nothing_behind(
    instance: Instance, running: "subprocess.Popen[str]"
) -> None:
    running.kill()
    eventually(lambda: nothing_left(instance), END_SECONDS)
