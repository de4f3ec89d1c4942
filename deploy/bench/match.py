"""Match: a declaration compared with a million customers, beside a look-up of an exact key by its index."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import asyncpg

from deploy.bench.callers import Target, drive
from deploy.bench.market import LETTERS, Batch, Keys, customers, indexed_afterwards, load
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.setting import Bench
from registry.model.customers import Customer

CUSTOMERS = 1_000_000
CALLERS = 2
SECONDS = 4.0
WARM_UP = 3.0
ROUNDS = 5
SEED = 20260302
SAMPLE = 5_000
EXACT_MS, NAMES_MS = 20.0, 100.0
SERVICE = "registry"
DECLARER, UNIT = "account-manager", "420106-T01"
ONE_OF_THEM = "SELECT org_id FROM organisation WHERE kind IN ('county', 'team') ORDER BY org_id"
EXACT_KEY = "SELECT customer_id FROM identity_key WHERE kind = 'credit-code' AND value = $1"


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Declare customers whose credit code somebody has."""
    token, known = await _market(bench, say)
    coded = [one for one in known if one.credit_code]
    runs = await _rounds(bench, token, [_exact(one) for one in coded], say)
    floor = [await _floor(bench, [one.credit_code or "" for one in coded]) for _ in range(ROUNDS)]
    tail = middle(runs, "p99")
    return Comparison(
        bench="match",
        does="POST declaration of a customer whose credit code somebody has: refused with the holder",
        setting=f"{CUSTOMERS:,} customers, one worker, {CALLERS} callers, {ROUNDS} rounds of {SECONDS:g} s; "
        "floor: the key by its index, without a request",
        ours=runs,
        floor=floor,
        to_reach=f"p99 ≤ {EXACT_MS:g} ms",
        ratios={"p99 ms": tail, "p50 beside the floor": round(middle(runs, "p50") / middle(floor, "p50"), 1)},
        reached=tail <= EXACT_MS,
    )


async def measure_names(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Declare firms without a code under names that resemble those of others."""
    token, known = await _market(bench, say)
    runs = await _rounds(bench, token, [_mistyped(one, number) for number, one in enumerate(known)], say)
    floor = [await _floor(bench, [one.credit_code or "" for one in known]) for _ in range(ROUNDS)]
    tail = middle(runs, "p99")
    return Comparison(
        bench="match-names",
        does="POST declaration under a name with one letter changed: compared, held or granted, written and told",
        setting=f"{CUSTOMERS:,} customers, one worker, {CALLERS} callers, {ROUNDS} rounds of {SECONDS:g} s; "
        "floor: an exact key by its index, without a request",
        ours=runs,
        floor=floor,
        to_reach=f"p99 ≤ {NAMES_MS:g} ms",
        ratios={"p99 ms": tail, "p50 beside the floor": round(middle(runs, "p50") / middle(floor, "p50"), 1)},
        reached=tail <= NAMES_MS,
    )


async def _market(bench: Bench, say: Callable[[str], None]) -> tuple[str, list[Customer]]:
    """Make the market where it is not there yet; give a declarer's token, and customers spread over the whole."""
    token = bench.token(DECLARER, UNIT)
    settings = bench.settings(SERVICE)
    keys = Keys(
        bytes.fromhex(settings.phone_key.get_secret_value()),
        bytes.fromhex(settings.file_key.get_secret_value()),
    )
    bench.leave_running()
    async with bench.superuser(SERVICE) as root:
        units = [row["org_id"] for row in await root.fetch(ONE_OF_THEM)]
        since = datetime(2026, 3, 2, 1, tzinfo=UTC)
        if await root.fetchval("SELECT count(*) FROM customer") < CUSTOMERS:
            async with indexed_afterwards(root):
                await load(root, Batch(0, CUSTOMERS, SEED, units, since, keys), say)
    step = CUSTOMERS // 5
    firsts = range(0, CUSTOMERS, step)
    drawn = (customers(Batch(first, SAMPLE // 5, SEED, units, since, keys)) for first in firsts)
    return token, list(itertools.chain.from_iterable(drawn))


async def _rounds(bench: Bench, token: str, bodies: Sequence[bytes], say: Callable[[str], None]) -> list[Run]:
    bench.leave_running(SERVICE)
    port = bench.instance.layout.ports[SERVICE]
    target = Target(
        port,
        "/v1/declarations",
        lambda number: bodies[number % len(bodies)],
        (f"Authorization: Bearer {token}",),
        f"match-{time.time_ns()}",
    )
    await drive(target, CALLERS, WARM_UP)
    runs = []
    for number in range(1, ROUNDS + 1):
        say(f"match, round {number} of {ROUNDS}")
        runs.append(await drive(target, CALLERS, SECONDS, number * 10_000_000 + number * SAMPLE // ROUNDS))
    return runs


async def _floor(bench: Bench, codes: Sequence[str]) -> Run:
    latencies: list[float] = []
    end = time.perf_counter() + SECONDS / 4
    turn = itertools.count()

    async def look(pool: asyncpg.Pool) -> None:
        while (began := time.perf_counter()) < end:
            await pool.fetchval(EXACT_KEY, codes[next(turn) % len(codes)])
            latencies.append(time.perf_counter() - began)

    began = time.perf_counter()
    url = bench.instance.database_url(SERVICE, "worker")
    async with asyncpg.create_pool(url, min_size=CALLERS, max_size=CALLERS) as pool:
        await asyncio.gather(*(look(pool) for _ in range(CALLERS)))
    return Run.of(latencies, time.perf_counter() - began)


def _exact(one: Customer) -> bytes:
    return _body({"name": one.name, "credit_code": one.credit_code, "division": one.division})


def _mistyped(one: Customer, number: int) -> bytes:
    """Change a letter of the name, in turn one of its trade name; the address is another."""
    place = min(2 + number % 2, len(one.name) - 1)
    name = one.name[:place] + LETTERS[number % len(LETTERS)] + one.name[place + 1 :]
    return _body(
        {
            "name": name,
            "phones": [f"139{number:08d}"],
            "address": f"青年路{number % 900 + 1}号",
            "division": one.division,
        }
    )


def _body(customer: dict[str, object]) -> bytes:
    whole = {"customer": {"nature": "organisation", **customer}, "lines": ["domestic-express"]}
    return json.dumps(whole, ensure_ascii=False).encode()
