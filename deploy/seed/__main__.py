"""Command line of the sample: python -m deploy.seed --base URL [--customers N]."""

import argparse
import asyncio
import sys
import time
from collections import Counter

from deploy.seed.client import CallFailedError, Client
from deploy.seed.load import load
from deploy.seed.plan import CUSTOMERS, MOST_CUSTOMERS, Plan, build


def main() -> int:
    arguments = _arguments()
    plan = build(arguments.customers)
    started = time.monotonic()
    try:
        made = asyncio.run(_load(arguments.base, plan))
    except CallFailedError as failure:
        print(f"示例数据未载入 · sample not loaded: {failure}", file=sys.stderr)
        print("重新运行即可接着载入 · run it again: it goes on where it stopped", file=sys.stderr)
        return 1
    _report(plan, made, time.monotonic() - started)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.seed", description="Load the sample province.")
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="address of the console")
    parser.add_argument("--customers", type=_count, default=CUSTOMERS, help=f"0 to {MOST_CUSTOMERS}")
    return parser.parse_args()


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_CUSTOMERS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {MOST_CUSTOMERS}")
    return int(text)


async def _load(base: str, plan: Plan) -> Counter[str]:
    try:
        async with Client(base) as client:
            return await load(client, plan)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures


def _report(plan: Plan, made: Counter[str], seconds: float) -> None:
    loaded = (
        ("机构 organisations", made.pop("organisations"), len(plan.organisations)),
        ("人员 staff", made.pop("staff"), len(plan.staff)),
        ("规章 adoptions", made.pop("adoptions"), len(plan.adoptions)),
    )
    for what, new, planned in loaded:
        print(f"{what}: {new} new of {planned}")
    states = ", ".join(f"{count} {state}" for state, count in sorted(made.items()))
    print(f"客户 customers: {len(plan.customers)} ({states or 'none'}), {seconds:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
