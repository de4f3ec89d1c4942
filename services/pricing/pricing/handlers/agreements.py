"""Agreements: drafted, signed, ended; those of before taken over."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.ids import uuid7
from contracts.refusals import MakerIsChecker, UnknownLine
from pricing.commands import Asker, DraftAgreement, LoadAgreement, MoveAgreement
from pricing.handlers.customers import all_named, check_lines, known, must_answer_for, named
from pricing.model.agreements import Agreement, AgreementState, Terms
from pricing.model.customers import Customer
from pricing.model.refusals.agreements import TermReversed
from pricing.model.refusals.customers import InFuture
from pricing.policies.terms import must_be_approved, must_state_its_terms
from pricing.ports import AgreementEnd, Desk
from regulations.calendars import Duration
from regulations.provisions import Because
from regulations.topics.tariffs import AgreementReminders, AgreementTerms, TariffAuthority

SYSTEM = "system"


async def draft_agreement(command: DraftAgreement, asker: Asker, desk: Desk) -> Agreement:
    """Draft an agreement; it binds nobody."""
    customer = await named(command.customer, desk)
    must_answer_for(asker, [customer], ["/customer"])
    drafted = _drafted(command, customer, asker, desk, pointer="")
    await desk.agreements.enter([[drafted]])
    return drafted


async def sign_agreement(command: MoveAgreement, desk: Desk) -> Agreement:
    """Put a draft in force; raises TermMissing and DiscountNotApproved."""
    draft = await desk.agreements.get(command.agreement_id)
    customer = await known(draft.customer_id, desk)
    must_answer_for(command.asker, [customer])
    if command.asker.actor in (draft.drafted_by, str(customer.manager_id)):
        raise MakerIsChecker.of()
    signed_on = command.signed_on or desk.today
    _must_have_come(signed_on, "/signed_on", desk)
    if draft.ends_on is not None and draft.ends_on < desk.today:
        raise TermReversed.of(draft.ends_on, "/signed_on")
    terms = desk.law.find(AgreementTerms, org_id=draft.org_id, day=desk.today)
    because = must_state_its_terms(draft, terms)
    if draft.terms.discounts:
        authority = desk.law.find(TariffAuthority, org_id=draft.org_id, day=desk.today)
        must_be_approved(draft, await desk.tariffs.approved(draft.customer_id), authority)
    signed = draft.sign(signed_on, because.to_json())
    await desk.agreements.save(draft, signed)
    await desk.agreements.start(_ends([(signed, customer)], desk))
    return signed


async def end_agreement(command: MoveAgreement, desk: Desk) -> Agreement:
    """End an agreement before its time."""
    signed = await desk.agreements.get(command.agreement_id)
    if command.asker.org_id not in desk.law.organisation(signed.org_id).path:
        # It was concluded by another unit: it is ended by the one that answers for the customer since.
        must_answer_for(command.asker, [await known(signed.customer_id, desk)])
    ended = signed.end(desk.today, command.reason)
    await desk.agreements.save(signed, ended)
    return ended


async def load_agreements(commands: Sequence[LoadAgreement], asker: Asker, desk: Desk) -> list[Agreement]:
    """Take over agreements as signed; one whose term is over is on record as ended."""
    pointers = [f"/items/{place}" for place in range(len(commands))]
    references = [command.draft.customer for command in commands]
    at = [f"{pointer}/customer" for pointer in pointers]
    customers = await all_named(references, at, desk, gone_too=True)
    must_answer_for(asker, customers, at)
    loaded = [
        _loaded(command, customer, asker, desk, pointer)
        for command, customer, pointer in zip(commands, customers, pointers, strict=True)
    ]
    last = [(steps[-1], customer) for steps, customer in zip(loaded, customers, strict=True)]
    await _must_not_go_round_approval(last, asker, desk)
    await desk.agreements.enter(loaded)
    await desk.agreements.start(_ends(last, desk))
    return [agreement for agreement, _ in last]


async def remind_of_end(agreement_id: UUID, desk: Desk) -> None:
    """Tell that the end of an agreement is near."""
    agreement = await desk.agreements.get(agreement_id)
    if agreement.state is AgreementState.SIGNED:
        await desk.agreements.save(agreement, agreement.expiring(), reminded=True)


async def agreement_runs_out(agreement_id: UUID, desk: Desk) -> None:
    """End an agreement whose last day is over."""
    agreement = await desk.agreements.get(agreement_id)
    if agreement.state is AgreementState.SIGNED and agreement.ends_on is not None:
        await desk.agreements.save(agreement, agreement.end(agreement.ends_on, None))


def _loaded(
    command: LoadAgreement, customer: Customer, asker: Asker, desk: Desk, pointer: str
) -> list[Agreement]:
    signed_on = command.signed_on or min(command.draft.starts_on, desk.today)
    _must_have_come(signed_on, f"{pointer}/signed_on", desk)
    drafted = _drafted(command.draft, customer, asker, desk, pointer)
    terms = desk.law.find(AgreementTerms, org_id=customer.org_id, day=desk.today)
    because = Because.of(terms.cite(settlement_days=drafted.settlement_days))
    signed = drafted.sign(signed_on, because.to_json())
    over = signed.ends_on is not None and signed.ends_on < desk.today
    return [signed, signed.end(signed.ends_on, None)] if over and signed.ends_on else [signed]


def _drafted(
    command: DraftAgreement, customer: Customer, asker: Asker, desk: Desk, pointer: str
) -> Agreement:
    check_lines(command.lines, customer.org_id, desk, f"{pointer}/lines")
    for line in command.discounts:
        if line not in command.lines:
            raise UnknownLine.of(line, f"{pointer}/discounts", command.lines)
    return Agreement(
        id=uuid7(),
        version=0,
        state=AgreementState.DRAFT,
        customer_id=customer.customer_id,
        org_id=customer.org_id,
        lines=command.lines,
        settlement_days=command.settlement_days,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        drafted_by=asker.actor,
        drafted_at=desk.now,
        terms=Terms(dict(command.discounts), command.penalty_rate),
    )


def _ends(signed: Sequence[tuple[Agreement, Customer]], desk: Desk) -> list[AgreementEnd]:
    """Give the clocks of those that are in force and have an end."""
    ends = []
    for agreement, customer in signed:
        if agreement.ends_on is None or agreement.state is not AgreementState.SIGNED:
            continue
        rule = desk.law.find(AgreementReminders, org_id=agreement.org_id, day=desk.today)
        length = Duration(days=(agreement.ends_on - desk.today).days)
        ends.append(
            AgreementEnd(agreement, customer.manager_id, length, rule.value.days_before, (rule.cite(),))
        )
    return ends


async def _must_not_go_round_approval(
    loaded: Sequence[tuple[Agreement, Customer]], asker: Asker, desk: Desk
) -> None:
    """Refuse people discounts without a request, and their own customers; a system brings what was approved before it."""
    if SYSTEM in asker.roles:
        return
    for agreement, customer in loaded:
        if asker.actor == str(customer.manager_id):
            raise MakerIsChecker.of()
        if agreement.terms.discounts:
            authority = desk.law.find(TariffAuthority, org_id=agreement.org_id, day=desk.today)
            must_be_approved(agreement, await desk.tariffs.approved(agreement.customer_id), authority)


def _must_have_come(day: date, pointer: str, desk: Desk) -> None:
    if day > desk.today:
        raise InFuture.of(day, pointer)
