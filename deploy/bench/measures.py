"""What a run measures, and how it is said."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from chassis.database import Connection
from chassis.doorbell import Doorbell


@dataclass(frozen=True)
class Run:
    """One round of one contestant: finished operations a second, and latencies in milliseconds."""

    per_second: float
    p50: float
    p99: float
    n: int

    @classmethod
    def of(cls, latencies: Sequence[float], seconds: float) -> "Run":
        """Give the figures of latencies (in seconds) that were finished within so many seconds."""
        ordered = sorted(latencies)
        return cls(
            round(len(ordered) / seconds, 1),
            round(percentile(ordered, 50) * 1000, 2),
            round(percentile(ordered, 99) * 1000, 2),
            len(ordered),
        )

    @classmethod
    def counted(cls, n: int, seconds: float) -> "Run":
        """Give the figures of a run of which only the whole is measured."""
        return cls(round(n / seconds, 1), 0.0, 0.0, n)


@dataclass(frozen=True)
class Comparison:
    """Ours beside the floor of the same run; `reached` compares medians of the rounds.

    `points`: what is drawn as lines, a figure by size.
    """

    bench: str
    does: str
    setting: str
    ours: list[Run]
    floor: list[Run]
    to_reach: str
    ratios: dict[str, float]
    reached: bool
    points: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Say it for a person."""
        mark = "✔" if self.reached else "✘"
        sides = [("ours ", self.ours), ("floor", self.floor)]
        return [
            f"{mark} {self.bench}: {', '.join(f'{name} {value:g}' for name, value in self.ratios.items())}"
            f"   (to reach: {self.to_reach})",
            f"    {self.does}; {self.setting}",
            *(f"    {side} {_middle(runs)}" for side, runs in sides if runs),
        ]


class WatchedBell(Doorbell):
    """The bell of a loop that is measured: notes when it was rung, and when the loop had nothing left to do."""

    def __init__(self) -> None:
        super().__init__()
        self.rings: list[float] = []
        self._idle_since = 0.0
        self._idle = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits."""
        self.rings.append(time.time())
        super().ring()

    async def wait(self, timeout: float) -> bool:
        """Wait like at any doorbell."""
        self._idle_since = time.perf_counter()
        self._idle.set()
        return await super().wait(timeout)

    async def done(self, connection: Connection, left: str) -> float:
        """Give the moment since which the loop is idle and the query `left` gives no row."""
        while True:
            self._idle.clear()
            await self._idle.wait()
            since = self._idle_since
            if not await connection.fetchval(f"SELECT EXISTS ({left})"):
                return since


def percentile(ordered: Sequence[float], share: float) -> float:
    """Give a percentile of sorted values, 0 of none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else 0.0


def middle(runs: Sequence[Run], figure: str) -> float:
    """Give the median of one figure over the rounds."""
    return float(median(getattr(run, figure) for run in runs))


def write_results(taken: Mapping[str, Any], comparisons: Sequence[Comparison], file: Path) -> None:
    """Keep the figures as JSON, with the circumstances under which they were taken."""
    file.parent.mkdir(parents=True, exist_ok=True)
    results = {"taken": taken, "benches": [asdict(one) for one in comparisons]}
    file.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")


def _middle(runs: Sequence[Run]) -> str:
    rate = f"{middle(runs, 'per_second'):9.1f}/s"
    times = f"   p50 {middle(runs, 'p50'):7.2f} ms   p99 {middle(runs, 'p99'):7.2f} ms"
    return rate + (times if middle(runs, "p99") else "") + f"   n {sum(run.n for run in runs)}"
