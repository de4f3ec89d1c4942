"""Intake: a complaint in one request, beside a bare handler that inserts two rows in one statement."""

import json
import time
from collections.abc import Callable

from deploy.bench.callers import Target, drive
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.setting import Bench, floor_server

CALLERS = 32
SECONDS = 4.0
ROUNDS = 5
WARM_UP = 2.0
RATE, TAIL = 0.6, 1.5
DESK = "420100"


def body(number: int) -> bytes:
    """Give a small complaint of a caller of its own."""
    phone = f"139{number % 100_000_000:08d}"
    complaint = {
        "channel": "hotline",
        "caller": {"phone": phone},
        "category": "delay",
        "content": "邮件迟了三天,请查一下现在到哪里了。",
    }
    return json.dumps(complaint, ensure_ascii=False).encode()


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Run ours and the floor in turn."""
    token = bench.token("hotline-agent", DESK)
    bench.leave_running("service-desk")
    desk = bench.instance.layout.ports["service-desk"]
    ours: list[Run] = []
    floor: list[Run] = []
    with floor_server(bench) as port:
        bare = Target(port, "/cases", body)
        mine = Target(
            desk, "/v1/complaints", body, (f"Authorization: Bearer {token}",), f"bench-{time.time_ns()}"
        )
        await drive(bare, CALLERS, WARM_UP)
        await drive(mine, CALLERS, WARM_UP)
        for number in range(1, ROUNDS + 1):
            say(f"intake, round {number} of {ROUNDS}")
            floor.append(await drive(bare, CALLERS, SECONDS, number * 10_000_000))
            ours.append(await drive(mine, CALLERS, SECONDS, number * 10_000_000))
    rate = middle(ours, "per_second") / middle(floor, "per_second")
    tail = middle(ours, "p99") / middle(floor, "p99")
    return Comparison(
        bench="intake",
        does="POST complaint: token, scope, idempotency, case, clocks, event, one transaction",
        setting=f"one worker, {CALLERS} callers, {ROUNDS} rounds of {SECONDS:g} s, relay at work; floor: FastAPI, two rows",
        ours=ours,
        floor=floor,
        to_reach=f"requests/s ≥ {RATE}, p99 ≤ {TAIL} ×",
        ratios={"requests/s": round(rate, 2), "p99": round(tail, 2)},
        reached=rate >= RATE and tail <= TAIL,
    )
