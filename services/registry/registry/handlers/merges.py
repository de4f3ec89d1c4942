"""Merging two customers that turned out to be one, and what a merge would do."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from chassis.ids import uuid7
from contracts.refusals import Forbidden, MakerIsChecker, NotFound, Refusal, UnknownCustomer
from registry.commands.asking import Asker
from registry.commands.merges import MergeCustomers
from registry.handlers.moving import anew, begin_anew, take_away
from registry.model.claims import Claim
from registry.model.customers import Customer, CustomerState
from registry.model.files import Confidentiality, CustomerFile, Layer, Source, changes, raises
from registry.model.merge_refusals import CustomerIsMerged, SameCustomer
from registry.model.merges import Merge, MovedLine, Taken
from registry.model.refusals import HolderBeyondCenter
from registry.policies.files import completeness, whole
from registry.policies.merges import (
    Side,
    joins,
    objections,
    supported_with,
    taken_over,
    with_taken,
)
from registry.ports.desk import Desk, Why
from registry.ports.merges import MergeDesk
from registry.settings import SHARE_STEP
from regulations.provisions import Because
from regulations.topics.registration import CustomerCode, FileLayers

MERGED = "merged"


@dataclass(frozen=True)
class Case:
    """What is to be merged into what, and all that stands against it."""

    merged: Side
    survivor: Side
    objections: tuple[Refusal, ...]

    @property
    def taken(self) -> Taken:
        """What the survivor takes over."""
        return taken_over(self.survivor, self.merged)


async def merge_customers(command: MergeCustomers, at: MergeDesk) -> tuple[Merge, Customer]:
    """Merge: claims begin anew on the survivor, the assignment ends, keys and code lead on; gives the survivor too."""
    case = await look_at(command, at)
    for objection in case.objections:
        raise objection
    desk, survivor = at.desk, case.survivor.customer
    why = _why(case, desk)
    moved = [
        anew(claim, survivor.customer_id, desk) for claim in case.merged.claims if not _joins(claim, case)
    ]
    await take_away(case.merged.claims, MERGED, desk, why)
    await begin_anew(moved, MERGED, at, why)
    await _end_assignment(case.merged.customer, desk, why)
    survivor = await _grown(case, moved, at, why)
    merge = _merge(command, case, desk, why)
    await at.merges.add(merge, case.merged.customer.moved(CustomerState.MERGED), survivor)
    return merge, survivor


async def look_at(command: MergeCustomers, at: MergeDesk) -> Case:
    """Lock both customers, in the order of their ids, and see what stands against merging them."""
    await at.merges.alone()
    survivor_id = await at.merges.named(command.survivor)
    merged_id = await at.merges.named(command.merged)
    if survivor_id is None:
        raise NotFound("没有该客户", "no such customer")
    if merged_id is None:
        raise UnknownCustomer.of(command.merged, "/merged")
    if survivor_id == merged_id:
        raise SameCustomer("客户不能与自身合并", "a customer is not merged with itself", pointer="/merged")
    for customer_id in (survivor_id, merged_id):
        await _must_stand_for_itself(customer_id, at)
    customers = await at.merges.locked([survivor_id, merged_id])
    merged, survivor = [await _side(customers[one], at) for one in (merged_id, survivor_id)]
    rights = _rights(command.asker, merged, survivor, at.desk)
    return Case(merged, survivor, (*rights, *objections(merged, survivor)))


async def _must_stand_for_itself(customer_id: UUID, at: MergeDesk) -> None:
    """Refuse a customer that leads elsewhere: nothing is locked yet, so nobody waits for it."""
    reached = await at.merges.survivor_of(customer_id)
    if reached == customer_id:
        return
    survivor = await at.merges.as_is(reached)
    raise CustomerIsMerged(
        "该客户已并入另一客户,请对其存续客户办理",
        "the customer was merged into another: name the survivor",
        extra={
            "survivor_id": str(reached),
            "survivor_code": survivor.customer_code if survivor else None,
        },
    )


async def _side(customer: Customer, at: MergeDesk) -> Side:
    return Side(
        customer,
        await at.merges.claims(customer.customer_id),
        await at.files.get(customer.customer_id),
        await at.merges.disputed(customer.customer_id),
    )


def _rights(asker: Asker, merged: Side, survivor: Side, desk: Desk) -> list[Refusal]:
    found = [
        *stands_above(asker, [merged.customer, survivor.customer], [*merged.claims, *survivor.claims], desk)
    ]
    if asker.staff_id in (merged.customer.manager_id, survivor.customer.manager_id):
        found.append(MakerIsChecker.of())
    return found


def stands_above(asker: Asker, customers: list[Customer], claims: list[Claim], desk: Desk) -> list[Refusal]:
    """Say why a center may not act: it does not stand above the cities of all customers, or above all holders."""
    found: list[Refusal] = []
    if not all(asker.covers(desk.tree.path(desk.tree.city_above(one.org_id))) for one in customers):
        found.append(
            Forbidden(
                "由管辖双方的市州或省大客户中心办理",
                "a center of the city, or of the province above both, does this",
            )
        )
    if not all(asker.covers(desk.tree.path(claim.org_id)) for claim in claims):
        found.append(
            HolderBeyondCenter(
                "持有单位不在本中心辖区,由同时管辖各方的上级中心办理",
                "a holder is beyond this center: one above all units decides",
            )
        )
    return found


def _joins(claim: Claim, case: Case) -> bool:
    return joins(claim, case.survivor.claims)


def _why(case: Case, desk: Desk) -> Why:
    survivor, merged = case.survivor.customer, case.merged.customer
    law = desk.law.find(CustomerCode, org_id=survivor.org_id, day=desk.today)
    return Because.of(
        law.cite(survivor=_known_by(survivor), merged=_known_by(merged)),
        zh="两份档案确认为同一客户,一户一码,并入存续客户",
        en="both files are one customer's, and one customer has one code: merged into the survivor",
    ).to_json()


def _known_by(customer: Customer) -> str:
    return customer.customer_code or str(customer.customer_id)


async def _end_assignment(customer: Customer, desk: Desk, why: Why) -> None:
    assignment = await desk.assignments.find(customer.customer_id)
    if assignment is not None and assignment.valid_to is None:
        ended = replace(assignment, valid_to=desk.today, version=assignment.version + 1)
        await desk.assignments.save(ended, why)


async def _grown(case: Case, moved: list[Claim], at: MergeDesk, why: Why) -> Customer:
    """Write the survivor with what came to it: supporting units, and what its file had not."""
    survivor, taken = case.survivor.customer, case.taken
    facts: dict[str, Any] = dict(taken.of_customer)
    facts["supports"] = supported_with(survivor.supports, moved, survivor.org_id)
    file = case.survivor.file
    layers = with_taken(file, taken)
    if layers:
        raised = {**file.raised, **_higher(case)}
        grown = replace(file.with_layers(layers), raised=raised)
        await at.files.save(grown, [*changes(file, layers), *raises(file, raised)], Source.MERGE)
        file = grown
    return await told(survivor, replace(survivor, **facts), file, at, why)


def _higher(case: Case) -> dict[Layer, Confidentiality]:
    """A layer that takes something over is as narrow as the one it comes from."""
    own, other = case.survivor.file.raised, case.merged.file.raised
    return {
        layer: level for layer, level in other.items() if layer not in own or own[layer].rank < level.rank
    }


async def told(before: Customer, after: Customer, file: CustomerFile, at: MergeDesk, why: Why) -> Customer:
    """Write and tell a customer, with how complete its file is, and its assignment, where something of it has changed."""
    if file.version:
        law = at.desk.law.find(FileLayers, org_id=after.org_id, day=at.today)
        after = replace(after, completeness=completeness(whole(file, after), law, SHARE_STEP))
    if after == before:
        return before
    after = after.changed()
    await at.desk.customers.save(after, why)
    assignment = await at.desk.assignments.find(after.customer_id)
    if assignment is not None and assignment.supports != after.supports:
        await at.desk.assignments.save(
            replace(assignment, supports=after.supports, valid_from=at.today, version=assignment.version + 1),
            why,
        )
    return after


def _merge(command: MergeCustomers, case: Case, desk: Desk, why: Why) -> Merge:
    merged = case.merged.customer
    return Merge(
        merge_id=uuid7(),
        merged_id=merged.customer_id,
        survivor_id=case.survivor.customer.customer_id,
        former_state=merged.state,
        merged_by=command.asker.staff_id,
        merged_at=desk.now,
        reason=command.reason,
        evidence=command.evidence,
        lines=tuple(
            MovedLine(
                claim.line,
                claim.declaration_id,
                claim.org_id,
                claim.claim_id,
                claim.until,
                claim.renewals,
                _joins(claim, case),
            )
            for claim in case.merged.claims
        ),
        taken=case.taken,
        because=why,
    )
