"""The administrator enters what everything else stands on: the tree of organisations, the law, the staff."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

from deploy.seed import bodies
from deploy.seed.adoptions import PROVINCE, Adoption
from deploy.seed.bodies import Body
from deploy.seed.client import BOOTSTRAP, CallFailedError, Client
from deploy.seed.house import batches
from deploy.seed.organisations import Organisation
from deploy.seed.plan import Plan
from deploy.seed.progress import Progress

BATCH = 500
HEARING_SECONDS = 60.0
LOOK_SECONDS = 0.2
LAWGIVERS = frozenset({"national", "province"})


async def lay(client: Client, plan: Plan) -> Counter[str]:
    """Enter what is not there yet, and wait until the console knows everybody; answers what was made."""
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
    return made


async def complete(client: Client, plan: Plan) -> bool:
    """Whether an earlier load has entered all of it."""
    known = {item["staff_no"] async for item in client.each(BOOTSTRAP, "/staff")}
    return {person.staff_no for person in plan.staff} <= known


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
    for batch in batches(items, BATCH):
        await client.post(BOOTSTRAP, path, {"items": batch})
        progress.step(len(batch))
    progress.close()


async def _adoptions(client: Client, planned: Sequence[Adoption]) -> int:
    nodes = sorted({given.org_id for given in planned})
    answers = {node: await client.get(BOOTSTRAP, f"/adoptions?org_id={node}") for node in nodes}
    known = {(node, item["pack"]) for node, answer in answers.items() for item in answer["items"]}
    missing = [given for given in planned if (given.org_id, given.pack) not in known]
    for given in missing:
        await client.post(BOOTSTRAP, "/adoptions", bodies.adoption(given))
    return len(missing)
