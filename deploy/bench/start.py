"""Start: `make run` on a folder that was started before, to ready; and the memory of all its processes."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.setting import BASE_PORT, Bench
from deploy.instance import Instance
from deploy.layout import ROOT, SERVICES

PORTS_APART = 200
ROUNDS = 3
SECONDS, GIGABYTES = 15.0, 1.5
GIVE_UP_SECONDS = 180.0
SETTLE = 5.0


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Start once to lay the folder, then again and again."""
    instance = Instance(bench.folder / "started", BASE_PORT + PORTS_APART)
    runs: list[Run] = []
    sizes: list[float] = []
    for number in range(ROUNDS + 1):
        say(f"start, round {number} of {ROUNDS}" if number else "start, the first, which lays the folder")
        began = time.perf_counter()
        with _started(instance.layout.data, instance.layout.port) as pid:
            await _ready(instance)
            took = time.perf_counter() - began
            await asyncio.sleep(SETTLE)
            if number:
                runs.append(Run.of([took], took))
                sizes.append(_memory(pid))
    seconds = middle(runs, "p50") / 1000
    size = max(sizes)
    return Comparison(
        bench="start",
        does="`make run` to all services ready, on a folder that was started before",
        setting=f"{ROUNDS} starts; PSS of all processes {SETTLE:g} s after ready, the largest of them",
        ours=runs,
        floor=[],
        to_reach=f"≤ {SECONDS:g} s, PSS ≤ {GIGABYTES:g} GB",
        ratios={"seconds": round(seconds, 1), "PSS, GB": round(size, 2)},
        reached=seconds <= SECONDS and size <= GIGABYTES,
    )


@contextmanager
def _started(data: Path, port: int) -> Iterator[int]:
    command = [sys.executable, "-m", "deploy", "run", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0
    ) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


async def _ready(instance: Instance) -> None:
    async with asyncio.timeout(GIVE_UP_SECONDS):
        for name in SERVICES:
            while not instance.ready(name):  # noqa: ASYNC110 - it is looked at from outside
                await asyncio.sleep(0.05)


def _memory(pid: int) -> float:
    """Give the proportional set size of a process and all below it, in gigabytes."""
    total = 0
    process = psutil.Process(pid)
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += one.memory_full_info().pss
    return total / 1024**3
