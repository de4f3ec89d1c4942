"""Command line of the sample: python -m deploy.seed --base URL [--customers N] [--seed TEXT] [--until 2026-10]."""

import argparse
import asyncio
import re
import signal
import sys
import time

from deploy.seed import clock
from deploy.seed.client import CallFailedError, Client
from deploy.seed.load import Loaded, load
from deploy.seed.months import month_of, shifted
from deploy.seed.plan import CUSTOMERS, LAST_MONTH, MOST_CUSTOMERS, SEED, Plan, build

AGAIN = "重新运行即可接着载入 · run it again: it goes on where it stopped"
INTERRUPTED = 130
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def main() -> int:
    arguments = _arguments()
    started = time.monotonic()
    try:
        plan, loaded = asyncio.run(_interruptible(arguments))
    except CallFailedError as failure:
        print(f"示例数据未载入 · sample not loaded: {failure}", file=sys.stderr)
        print(AGAIN, file=sys.stderr)
        return 1
    except (asyncio.CancelledError, KeyboardInterrupt):
        print(f"已中断 · interrupted. {AGAIN}", file=sys.stderr)
        return INTERRUPTED
    _report(plan, loaded, time.monotonic() - started)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.seed", description="Load the sample province.")
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="address of the console")
    parser.add_argument("--customers", type=_count, default=CUSTOMERS, help=f"0 to {MOST_CUSTOMERS}")
    parser.add_argument("--seed", default=SEED, help="the same seed gives the same province")
    parser.add_argument("--until", type=_month, help="the last of the months, else the one before this")
    return parser.parse_args()


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_CUSTOMERS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {MOST_CUSTOMERS}")
    return int(text)


def _month(text: str) -> str:
    if not MONTH.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no month like 2026-03")
    return text


async def _interruptible(arguments: argparse.Namespace) -> tuple[Plan, Loaded]:
    """Load; a polite request to end is obeyed once business time is real again."""
    task = asyncio.ensure_future(_load(arguments))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


async def _load(arguments: argparse.Namespace) -> tuple[Plan, Loaded]:
    async with Client(arguments.base) as client:
        until = arguments.until or (await _last_month(client) if arguments.customers else LAST_MONTH)
        plan = build(arguments.customers, arguments.seed, until)
        return plan, await load(client, plan)


async def _last_month(client: Client) -> str:
    return shifted(month_of((await clock.real_now(client)).date()), -1)


def _report(plan: Plan, loaded: Loaded, seconds: float) -> None:
    made = loaded.made
    foundation = (
        ("机构 organisations", made.pop("organisations"), len(plan.organisations)),
        ("人员 staff", made.pop("staff"), len(plan.staff)),
        ("规章 adoptions", made.pop("adoptions"), len(plan.adoptions)),
    )
    for what, new, planned in foundation:
        print(f"{what}: {new} new of {planned}")
    told = ", ".join(f"{count} {what}" for what, count in sorted(made.items()))
    months = f"{plan.months[0]} … {plan.months[-1]}" if plan.customers else "-"
    print(f"客户 customers: {len(plan.customers)}, 月份 months: {months} ({told or 'nothing new'})")
    parts = ", ".join(f"{part} {spent / 1000:.1f}" for part, spent in loaded.milliseconds.most_common())
    print(f"用时 seconds: {seconds:.1f} ({parts or 'nothing but this'})")


if __name__ == "__main__":
    sys.exit(main())
