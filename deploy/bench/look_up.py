"""Who is calling: a phone → the caller's card among a million customers, beside the same row by its primary key."""

import itertools
from collections.abc import Callable, Iterator
from uuid import UUID

from chassis.database import Connection
from chassis.ids import uuid7
from chassis.phones import PhoneBook
from deploy.bench.callers import Target, drive, offer
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.setting import Bench, floor_server

CUSTOMERS = 1_000_000
CALLERS = 32
SECONDS = 4.0
ROUNDS = 5
WARM_UP = 2.0
PACE = 200.0
RATE, TAIL_MS = 0.6, 25.0
DESK = "420100"
STRIDE = 7_919  # so that one look-up is not the neighbour of the one before
COLUMNS = (
    "customer_id",
    "code",
    "name",
    "state",
    "service_class",
    "division",
    "responsible_org_id",
    "initials",
)
FLOOR = """
    CREATE TABLE floor_customer AS SELECT * FROM customer;
    ALTER TABLE floor_customer ADD PRIMARY KEY (customer_id);
    GRANT SELECT ON floor_customer TO PUBLIC;
    ANALYZE customer, customer_phone, floor_customer;
"""


def phone(number: int) -> str:
    """Give the phone of a customer."""
    return f"138{number % 100_000_000:08d}"


async def fill(connection: Connection, phones: PhoneBook, customers: int) -> list[UUID]:
    """Write customers with a phone each, all of the desk's city; gives their ids."""
    ids = [uuid7() for _ in range(customers)]

    def rows() -> Iterator[tuple[object, ...]]:
        for number, one in enumerate(ids):
            yield (
                one,
                f"9{number:013d}",
                f"样本客户{number:07d}",
                "registered",
                3,
                DESK,
                DESK,
                f"YBKH{number:07d}",
            )

    keys = ((phones.keys(phone(number))[0], one) for number, one in enumerate(ids))
    await connection.copy_records_to_table("customer", records=rows(), columns=COLUMNS)
    await connection.copy_records_to_table(
        "customer_phone", records=keys, columns=("phone_key", "customer_id")
    )
    await connection.execute(FLOOR)
    return ids


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Run ours and the floor in turn."""
    token = bench.token("hotline-agent", DESK)
    bench.leave_running("service-desk")
    say(f"callers: {CUSTOMERS} customers")
    phones = PhoneBook(bytes.fromhex(bench.settings("service-desk").phone_key.get_secret_value()))
    async with bench.superuser("service-desk") as connection:
        ids = await fill(connection, phones, CUSTOMERS)
    with floor_server(bench) as port:
        bare = Target(port, lambda number: f"/customers/{ids[number * STRIDE % CUSTOMERS]}", None)
        mine = Target(
            bench.instance.layout.ports["service-desk"],
            lambda number: f"/v1/callers?phone={phone(number * STRIDE % CUSTOMERS)}",
            None,
            (f"Authorization: Bearer {token}",),
        )
        ours, floor, paced = await _rounds(mine, bare, say)
    rate = middle(ours, "per_second") / middle(floor, "per_second")
    tail, offered = middle(ours, "p99"), middle(paced, "p99")
    return Comparison(
        bench="callers",
        does="phone → card: token, scope, customer, manager, unit, last contacts, open cases with all clocks",
        setting=f"{CUSTOMERS} customers, one worker, {ROUNDS} rounds of {SECONDS:g} s in turn; {CALLERS} callers at once, "
        "each asks again as soon as it is answered, which is all that the worker can do; "
        f"then {PACE:g} look-ups a second, answered or not, timed from when each was due; "
        "floor: FastAPI, the same row by primary key",
        ours=ours,
        floor=floor,
        to_reach=f"requests/s ≥ {RATE}, p99 ≤ {TAIL_MS:g} ms",
        ratios={
            "requests/s": round(rate, 2),
            f"p99 of {CALLERS} callers, ms": tail,
            f"p50 at {PACE:g}/s, ms": middle(paced, "p50"),
            f"p99 at {PACE:g}/s, ms": offered,
        },
        reached=rate >= RATE and max(tail, offered) <= TAIL_MS,
    )


async def _rounds(
    mine: Target, bare: Target, say: Callable[[str], None]
) -> tuple[list[Run], list[Run], list[Run]]:
    """Let callers ask as often as they can of ours and of the floor, then of ours at a pace of their own, in turn."""
    ours: list[Run] = []
    floor: list[Run] = []
    paced: list[Run] = []
    starts = itertools.count(0, 10_000_000)
    for target in (bare, mine):
        await drive(target, CALLERS, WARM_UP, next(starts))
    for number in range(1, ROUNDS + 1):
        say(f"callers, round {number} of {ROUNDS}")
        floor.append(await drive(bare, CALLERS, SECONDS, next(starts)))
        ours.append(await drive(mine, CALLERS, SECONDS, next(starts)))
        paced.append(await offer(mine, PACE, SECONDS, next(starts)))
    return ours, floor, paced
