"""What a run measures, and how it is said."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


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


@dataclass(frozen=True)
class Comparison:
    """Ours beside the floor of the same run; `reached` compares medians of the rounds."""

    bench: str
    does: str
    setting: str
    ours: list[Run]
    floor: list[Run]
    to_reach: str
    ratios: dict[str, float]
    reached: bool

    def lines(self) -> list[str]:
        """Say it for a person."""
        mark = "✔" if self.reached else "✘"
        return [
            f"{mark} {self.bench}: {', '.join(f'{name} {value:g}' for name, value in self.ratios.items())}"
            f"   (to reach: {self.to_reach})",
            f"    {self.does}; {self.setting}",
            f"    ours  {_middle(self.ours)}",
            f"    floor {_middle(self.floor)}",
        ]


def percentile(ordered: Sequence[float], share: float) -> float:
    """Give a percentile of sorted values, 0 of none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else 0.0


def middle(runs: Sequence[Run], figure: str) -> float:
    """Give the median of one figure over the rounds."""
    return float(median(getattr(run, figure) for run in runs))


def write_results(comparisons: Sequence[Comparison], file: Path) -> None:
    """Keep the figures as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(one) for one in comparisons], ensure_ascii=False, indent=1) + "\n")


def _middle(runs: Sequence[Run]) -> str:
    figures = {name: middle(runs, name) for name in ("per_second", "p50", "p99")}
    return (
        "{per_second:9.1f}/s   p50 {p50:7.2f} ms   p99 {p99:7.2f} ms".format(**figures)
        + f"   n {sum(r.n for r in runs)}"
    )
