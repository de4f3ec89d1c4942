"""Compares event logs, inboxes and projections of an instance: what is lost, phantom, doubled or reordered, with the rows."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from deploy.instance import Instance
from deploy.layout import ROOT
from deploy.refusal import Refused
from deploy.verify.everything import verify
from deploy.verify.rows import Outcome

PATIENCE_SECONDS = 30.0
MOST_SHOWN = 50


def tell(outcomes: Sequence[Outcome]) -> int:
    """Print one line per clean check and the rows of the others; gives the exit code."""
    found = 0
    for outcome in outcomes:
        found += len(outcome.findings)
        sign = "✘" if outcome.findings else "✔"
        print(f"{sign} {outcome.check} · {outcome.looked_at} rows, {len(outcome.findings)} findings")
        for finding in outcome.findings[:MOST_SHOWN]:
            print(f"  {finding}")
        if len(outcome.findings) > MOST_SHOWN:
            print(f"  … {len(outcome.findings) - MOST_SHOWN} more")
    if found:
        print(f"共发现 {found} 处问题 · {found} findings")
        return 1
    print(
        "全部一致:无丢失、无凭空、无重复、无乱序 · all in order: nothing lost, phantom, doubled or reordered"
    )
    return 0


async def run(instance: Instance, patience: float) -> int:
    """Wait for the instance to settle, check everything and tell it."""
    verified = await verify(instance, patience)
    if verified.settled:
        print(
            f"事件已全部送达(等待 {verified.waited:.1f} s)· every event has arrived (waited {verified.waited:.1f} s)"
        )
    else:
        print(
            f"等了 {verified.waited:.0f} s 仍有事件未送达 · events have not arrived after {verified.waited:.0f} s"
        )
    return tell(verified.outcomes)


def main() -> int:
    """Verify one instance."""
    parser = argparse.ArgumentParser(prog="python -m deploy.verify", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="base port; the console's")
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="data folder")
    parser.add_argument(
        "--wait", type=float, default=PATIENCE_SECONDS, help="seconds to wait for events on their way"
    )
    arguments = parser.parse_args()
    data = arguments.data.expanduser()
    try:
        return asyncio.run(run(Instance(data, arguments.port), arguments.wait))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        print(f"数据库没有应答({data});先 make run。{error}", file=sys.stderr)
        print(f"The database does not answer ({data}); start with make run.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
