"""Taking a merge back: both customers as they were, and what happened since with the one that it belongs to."""

from dataclasses import replace
from uuid import UUID

from contracts.refusals import InvalidValue, MakerIsChecker, NotFound
from registry.commands.merges import UnmergeCustomer
from registry.handlers.merges import stands_above, told
from registry.handlers.moving import anew, begin_anew, given_back, goes_on, take_away
from registry.model.claims import Claim
from registry.model.customers import Customer
from registry.model.declarations import DeclarationState
from registry.model.files import Source, changes
from registry.model.merge_refusals import ClaimUndecided, DisputeOpen, NotMerged
from registry.model.merges import Merge
from registry.policies.merges import returned, supported_with, supported_without, without_taken
from registry.ports.desk import Desk, Why
from registry.ports.merges import MergeDesk
from regulations.provisions import Because
from regulations.topics.registration import CustomerCode

UNMERGED = "unmerged"


async def unmerge_customer(command: UnmergeCustomer, at: MergeDesk) -> tuple[Merge, Customer]:
    """Restore a merged customer: what its claims became goes back to it, what it names besides goes with them."""
    desk = at.desk
    merge, merged, survivor = await _found(command, at)
    live = await at.merges.claims(survivor.customer_id)
    going = await _going(command, merge, live, at)
    await _must_be_free(command, [merged, survivor], going, at)
    why = _why(merged, survivor, desk)
    await take_away(going, UNMERGED, desk, why)
    origins = await at.merges.origins([line.declaration_id for line in merge.lines])
    coming = [
        *(anew(claim, merged.customer_id, desk) for claim in going),
        *(
            given_back(line, merged.customer_id, desk)
            for line in merge.lines
            if line.joined and goes_on(line, origins, desk)
        ),
    ]
    await begin_anew(coming, UNMERGED, at, why)
    survivor = await _shrunk(survivor, merge, going, at, why)
    supports = supported_with((), coming, merged.org_id)
    restored = replace(merged.restored(merge.former_state), supports=supports)
    undone = merge.undone(command.asker.staff_id, desk.now, command.reason)
    await at.merges.undo(undone, restored, survivor, why)
    await _resume_assignment(restored, desk, why)
    return undone, restored


async def _found(command: UnmergeCustomer, at: MergeDesk) -> tuple[Merge, Customer, Customer]:
    """Lock the merged customer, then the one it leads to: whoever acts on it by its old id goes the same way."""
    await at.merges.alone()
    merged_id = await at.merges.named(command.merged)
    if merged_id is None:
        raise NotFound("没有该客户", "no such customer")
    merge = await at.merges.last_of(merged_id)
    if merge is None:
        raise NotMerged("该客户未被合并", "the customer is not merged")
    survivor_id = await at.merges.survivor_of(merged_id)
    merged = (await at.merges.locked([merged_id]))[merged_id]
    survivor = (await at.merges.locked([survivor_id])).get(survivor_id)
    if survivor is None:
        raise NotFound("没有该客户", "no such customer")
    return merge, merged, survivor


async def _going(command: UnmergeCustomer, merge: Merge, live: list[Claim], at: MergeDesk) -> list[Claim]:
    """Give the claims that go back: those that the merge moved, known by line and declaration, and those named."""
    moved = {line.origin for line in merge.lines if not line.joined}
    by_id = {claim.claim_id: claim for claim in live}
    for place, claim_id in enumerate(command.claims):
        if claim_id not in by_id:
            raise InvalidValue(
                "不是存续客户的有效开发权", "no live claim of the survivor", pointer=f"/claims/{place}"
            )
    named = [by_id[claim_id] for claim_id in dict.fromkeys(command.claims)]
    own = [claim for claim in live if (claim.line, claim.declaration_id) in moved]
    since = [claim for claim in named if claim not in own]
    origins = await at.merges.origins([claim.declaration_id for claim in since])
    for claim in since:
        if origins[claim.declaration_id].state != DeclarationState.APPROVED:
            raise ClaimUndecided(
                "该开发权的申报尚未办结,办结后再归还",
                "the claim's declaration is not decided yet: decide it first",
                pointer=f"/claims/{command.claims.index(claim.claim_id)}",
            )
    return [*own, *since]


async def _must_be_free(
    command: UnmergeCustomer, customers: list[Customer], going: list[Claim], at: MergeDesk
) -> None:
    for objection in stands_above(command.asker, customers, going, at.desk):
        raise objection
    if command.asker.staff_id in [customer.manager_id for customer in customers]:
        raise MakerIsChecker.of()
    for customer in customers:
        if await at.merges.disputed(customer.customer_id):
            raise DisputeOpen.of(customer.customer_id)


async def _shrunk(survivor: Customer, merge: Merge, going: list[Claim], at: MergeDesk, why: Why) -> Customer:
    """Write the survivor without what had come to it by the merge and is still as it came."""
    file = await at.files.get(survivor.customer_id)
    layers = without_taken(file, merge.taken)
    differences = changes(file, layers)
    if differences:
        file = file.with_layers(layers)
        await at.files.save(file, differences, Source.UNMERGE)
    after = replace(returned(survivor, merge.taken), supports=supported_without(survivor.supports, going))
    return await told(survivor, after, file, at, why)


async def _resume_assignment(customer: Customer, desk: Desk, why: Why) -> None:
    assignment = await desk.assignments.find(customer.customer_id)
    if assignment is not None and assignment.valid_to is not None:
        resumed = replace(
            assignment,
            supports=customer.supports,
            valid_from=desk.today,
            valid_to=None,
            version=assignment.version + 1,
        )
        await desk.assignments.save(resumed, why)


def _why(merged: Customer, survivor: Customer, desk: Desk) -> Why:
    law = desk.law.find(CustomerCode, org_id=merged.org_id, day=desk.today)
    return Because.of(
        law.cite(survivor=_known_by(survivor), merged=_known_by(merged)),
        zh="两份档案并非同一客户,各有其码,撤销合并",
        en="the files are two customers', each with its own code: the merge is undone",
    ).to_json()


def _known_by(customer: Customer) -> UUID | str:
    return customer.customer_code or customer.customer_id
