"""Loads the plan as its people would: an administrator tree and staff, managers and centers the customers."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from deploy.seed import bodies
from deploy.seed.adoptions import PROVINCE, Adoption
from deploy.seed.bodies import Body
from deploy.seed.client import BOOTSTRAP, CallFailedError, Client
from deploy.seed.divisions import read
from deploy.seed.organisations import Organisation
from deploy.seed.plan import Customer, Plan
from deploy.seed.progress import Progress

BATCH = 500
CONCURRENCY = 8
HEARING_SECONDS = 60.0
LOOK_SECONDS = 0.2
LAWGIVERS = frozenset({"national", "province"})


async def load(client: Client, plan: Plan) -> Counter[str]:
    """Load what is not there yet; answers what was made and how each declaration stands."""
    made: Counter[str] = Counter()
    # Law comes before everything that it is asked for: place classes of nodes, hops of deputies.
    made["organisations"] = await _organisations(
        client, [n for n in plan.organisations if n.kind in LAWGIVERS]
    )
    made["adoptions"] = await _adoptions(client, [a for a in plan.adoptions if a.org_id == PROVINCE])
    made["organisations"] += await _organisations(client, plan.organisations)
    made["adoptions"] += await _adoptions(client, [a for a in plan.adoptions if a.org_id != PROVINCE])
    made["staff"] = await _staff(client, plan)
    await _heard_of(client, {person.staff_no for person in plan.staff})
    made.update(await _Customers(client, plan).load())
    return made


async def _organisations(client: Client, nodes: Sequence[Organisation]) -> int:
    known = {item["org_id"] async for item in client.each(BOOTSTRAP, "/organisations")}
    missing = [bodies.organisation(node) for node in nodes if node.org_id not in known]
    await _import(client, "/organisations/import", missing, "机构 organisations")
    return len(missing)


async def _staff(client: Client, plan: Plan) -> int:
    known = {item["staff_no"] async for item in client.each(BOOTSTRAP, "/staff")}
    missing = [bodies.person(person) for person in plan.staff if person.staff_no not in known]
    await _import(client, "/staff/import", missing, "人员 staff")
    return len(missing)


async def _heard_of(client: Client, people: set[str]) -> None:
    """Wait until the console knows everybody: it learns of them by events, after the registry has answered."""
    missing = people - await client.accounts()
    end = time.monotonic() + HEARING_SECONDS
    while missing and time.monotonic() < end:
        await asyncio.sleep(LOOK_SECONDS)
        missing = people - await client.accounts()
    if missing:
        raise CallFailedError(
            f"after {HEARING_SECONDS:.0f} s the console has not heard of {len(missing)} of {len(people)} people,"
            f" {min(missing)} among them: do its consumers run?"
        )


async def _import(client: Client, path: str, items: Sequence[Body], label: str) -> None:
    if not items:
        return
    progress = Progress(label, len(items))
    for batch in _batches(items):
        await client.post(BOOTSTRAP, path, {"items": batch})
        progress.step(len(batch))
    progress.close()


def _batches(items: Sequence[Body]) -> Iterator[Sequence[Body]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


async def _adoptions(client: Client, planned: Sequence[Adoption]) -> int:
    nodes = sorted({given.org_id for given in planned})
    answers = {node: await client.get(BOOTSTRAP, f"/adoptions?org_id={node}") for node in nodes}
    known = {(node, item["pack"]) for node, answer in answers.items() for item in answer["items"]}
    missing = [given for given in planned if (given.org_id, given.pack) not in known]
    for given in missing:
        await client.post(BOOTSTRAP, "/adoptions", bodies.adoption(given))
    return len(missing)


class _Customers:
    """The customers, city by city at once and one after the other within a city, so that serials repeat."""

    def __init__(self, client: Client, plan: Plan) -> None:
        self._client, self._plan = client, plan
        self._gate = asyncio.Semaphore(CONCURRENCY)
        self._outcomes: Counter[str] = Counter()

    async def load(self) -> Counter[str]:
        if not self._plan.customers:
            return self._outcomes
        known = await self._declared()
        progress = Progress("客户 customers", len(self._plan.customers))
        async with asyncio.TaskGroup() as group:
            for customers in self._by_city():
                group.create_task(self._city(customers, known, progress))
        progress.close()
        return self._outcomes

    async def _declared(self) -> dict[str, Body]:
        director = self._plan.first(PROVINCE, "center-director").staff_no
        return {item["customer"]["name"]: item async for item in self._client.each(director, "/declarations")}

    def _by_city(self) -> list[list[Customer]]:
        places, cities = read(), defaultdict(list)
        for customer in self._plan.customers:
            cities[places.city_of(places[customer.firm.division]).code].append(customer)
        return sorted(cities.values(), key=len, reverse=True)

    async def _city(self, customers: list[Customer], known: dict[str, Body], progress: Progress) -> None:
        for customer in customers:
            async with self._gate:
                state = await self._customer(customer, known.get(customer.firm.name))
            self._outcomes[state] += 1
            progress.step()

    async def _customer(self, customer: Customer, declared: Body | None) -> str:
        """Declare where nobody has, approve where the center would; everything else stays as it is."""
        assignment = customer.assignment
        if declared is None:
            body = bodies.declaration(customer, self._plan)
            declared = await self._client.post(assignment.manager_no, "/declarations", body)
        answer: dict[str, Any] = declared
        if answer["state"] == "filed" and assignment.stage == "approved":
            path = f"/declarations/{answer['id']}/approve"
            answer = await self._client.post(assignment.officer_no, path, bodies.approval(customer))
        return str(answer["state"])
