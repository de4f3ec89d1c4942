"""`python -m deploy.bench [intake write end-to-end]`: ours beside the floor, in the same run on the same machine."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.bench import end_to_end, intake, write
from deploy.bench.measures import Comparison, write_results
from deploy.bench.setting import Bench, bench_instance, cores

Measure = Callable[[Bench, Callable[[str], None]], Awaitable[Comparison]]
# In this order: each needs fewer services running than the one before.
BENCHES: dict[str, Measure] = {
    "end-to-end": end_to_end.measure,
    "intake": intake.measure,
    "write": write.measure,
}


def main() -> int:
    """Run the chosen benches and print their ratios; slow is told, only wrong fails."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench", description=__doc__)
    parser.add_argument("benches", nargs="*", choices=[*BENCHES, []], help="which; all where none is named")
    parser.add_argument("--results", type=Path, default=Path("data/bench.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    chosen = [name for name in BENCHES if name in (arguments.benches or BENCHES)]
    with bench_instance() as bench:
        comparisons = [asyncio.run(_one(BENCHES[name], bench)) for name in chosen]
    print(f"\n{cores()}, embedded PostgreSQL and broker; medians of the rounds")
    for comparison in comparisons:
        print("\n".join(comparison.lines()))
    write_results(comparisons, arguments.results)
    return 0


async def _one(measure: Measure, bench: Bench) -> Comparison:
    return await measure(bench, lambda what: print(f"  {what}", flush=True))


if __name__ == "__main__":
    sys.exit(main())
