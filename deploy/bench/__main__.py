"""`python -m deploy.bench [relay clocks …]`: ours beside the floor, in the same run on the same machine."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from deploy.bench import (
    clocks,
    consume,
    end_to_end,
    growth,
    intake,
    look_up,
    match,
    relay,
    replay,
    review,
    start,
    stream,
    usage_file,
    what_if,
    write,
)
from deploy.bench.measures import Comparison, write_results
from deploy.bench.page import circumstances, write_pages
from deploy.bench.setting import Bench, bench_setting

Measure = Callable[[Bench, Callable[[str], None]], Awaitable[Comparison]]
# In this order: the first wants the machine for itself, each after it fewer services running than the one before.
BENCHES: dict[str, Measure] = {
    "start": start.measure,
    "end-to-end": end_to_end.measure,
    "stream": stream.measure,
    "intake": intake.measure,
    "callers": look_up.measure,
    "review": review.measure,
    "what-if": what_if.measure,
    "growth": growth.measure,
    "write": write.measure,
    "consume": consume.measure,
    "replay": replay.measure,
    "relay": relay.measure,
    "clocks": clocks.measure,
    "usage-file": usage_file.measure,
    "match": match.measure,
    "match-names": match.measure_names,
}
# Takes an hour and much disk: only where it is named.
AT_LENGTH: dict[str, Measure] = {"growth-bigger": growth.measure_bigger}


def main() -> int:
    """Run the chosen benches and print their ratios; slow is told, only wrong fails."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench", description=__doc__)
    parser.add_argument(
        "benches", nargs="*", choices=[*BENCHES, *AT_LENGTH, []], help="which; all where none is named"
    )
    parser.add_argument(
        "--broker", choices=["embedded", "kafka"], default="embedded", help="the bus to run on"
    )
    parser.add_argument("--results", type=Path, default=Path("data/bench.json"), help="where the JSON goes")
    parser.add_argument(
        "--page", type=Path, nargs="+", metavar="RESULTS", help="only: put results into docs/benches*.md"
    )
    arguments = parser.parse_args()
    if arguments.page:
        write_pages([json.loads(file.read_text()) for file in arguments.page])
        return 0
    known = BENCHES | AT_LENGTH
    chosen = [name for name in known if name in (arguments.benches or BENCHES)]
    taken = circumstances(arguments.broker)
    comparisons: list[Comparison] = []
    with (
        bench_setting(arguments.broker) as bench,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        for name in chosen:
            comparisons.append(runner.run(_one(known[name], bench)))
            write_results(taken, comparisons, arguments.results)
    print(f"\n{taken['machine']}; broker: {taken['broker']}; medians of the rounds")
    for comparison in comparisons:
        print("\n".join(comparison.lines()))
    return 0


async def _one(measure: Measure, bench: Bench) -> Comparison:
    return await measure(bench, lambda what: print(f"  {what}", flush=True))


if __name__ == "__main__":
    sys.exit(main())
