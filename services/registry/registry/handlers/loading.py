"""Whether a manager may have one customer more, or a director lets them (hubei, art. 10)."""

from dataclasses import dataclass
from uuid import UUID

from registry.commands.asking import Asker
from registry.model.refusals import ManagerOverloaded
from registry.policies.loads import LoadLaw, carries
from registry.ports.desk import Desk
from regulations.provisions import Decision
from regulations.topics.customers import TargetMarketCounting
from regulations.topics.managers import ManagerLoad, ManagerMixedLoad


@dataclass(frozen=True)
class Given:
    """A customer of a class that a manager of a unit is given, and why though it is too much."""

    asker: Asker
    org_id: str
    manager_id: UUID
    class_: int | None
    override_reason: str | None


async def must_bear(given: Given, desk: Desk) -> Decision[bool]:
    """Refuse a customer too many, unless a director gives a reason; says what the load comes to."""
    law = LoadLaw(
        desk.law.find(ManagerLoad, org_id=given.org_id, day=desk.today),
        desk.law.find(ManagerMixedLoad, org_id=given.org_id, day=desk.today),
    )
    counting = desk.law.find(TargetMarketCounting, org_id=given.org_id, day=desk.today)
    load = await desk.staff.load_of(given.manager_id, counting.value.group_counts_as)
    if given.class_ is not None:
        load = load | {given.class_: load.get(given.class_, 0) + 1}
    decision = carries(load, law)
    overridden = given.override_reason and given.asker.may(law.mixed.value.overload_allowed_by)
    if not decision.outcome and not overridden:
        raise ManagerOverloaded(
            decision.because.zh,
            decision.because.en,
            pointer="/manager_id",
            because=decision.because.to_json(),
            extra={"load": {str(held): count for held, count in load.items()}},
        )
    return decision
