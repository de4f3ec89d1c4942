"""Entities as the registry tells of them: model → published language."""

from collections.abc import Mapping
from typing import Any, TypeVar

from contracts import registry as told
from registry.model.claims import Claim
from registry.model.customers import Assignment, Customer, Nature, Support
from registry.model.declarations import Declaration
from registry.model.organisations import Organisation
from registry.model.staff import Person

D = TypeVar("D", bound=told.DeclarationFact)
C = TypeVar("C", bound=told.ClaimFact)
K = TypeVar("K", bound=told.CustomerFact)
Why = Mapping[str, Any] | None


def organisation(node: Organisation) -> told.OrganisationChanged:
    """Tell a node as it now is."""
    return told.OrganisationChanged(
        org_id=node.org_id,
        parent_id=node.parent_id,
        kind=node.kind,
        name=node.name,
        name_en=node.name_en,
        division=node.division,
        place_class=node.place_class,
        orgpath=node.orgpath,
        adoptions=[
            told.AdoptionFact(
                pack=adopted.pack,
                topics=None if adopted.topics is None else list(adopted.topics),
                from_=adopted.from_,
                until=adopted.until,
            )
            for adopted in node.adoptions
        ],
        successor_id=node.successor_id,
        valid_from=node.valid_from,
        valid_to=node.valid_to,
    )


def person(who: Person) -> told.StaffChanged:
    """Tell a person of the staff as it now is; the reason of an absence stays here."""
    return told.StaffChanged(
        staff_id=who.staff_id,
        staff_no=who.staff_no,
        name=who.name,
        org_id=who.org_id,
        roles=list(who.roles),
        deputy_id=who.deputy_id,
        absences=[told.AbsenceFact(from_=absence.from_, until=absence.until) for absence in who.absences],
        active=who.active,
    )


def declaration(kind: type[D], declared: Declaration, **more: Any) -> D:
    """Tell a declaration after its move; `more` is what only this kind of event has."""
    return kind(
        declaration_id=declared.declaration_id,
        customer_id=declared.customer_id,
        org_id=declared.org_id,
        city_org_id=declared.city_org_id,
        submitted_by=declared.submitted_by,
        lines=list(declared.lines),
        state=declared.state,
        reasons=list(declared.reasons),
        because=declared.because,
        **more,
    )


def refusal(declared: Declaration) -> told.DeclarationRefused:
    """Tell a refusal: of the other's file only the holder's unit, since, until and the matched keys."""
    refused = declared.refused
    holder = refused and told.HolderFact(
        org_id=refused.holder.org_id, since=refused.holder.since, until=refused.holder.until
    )
    return declaration(
        told.DeclarationRefused,
        declared,
        holder=holder,
        matched=list(refused.matched) if refused else [],
        taken_lines=list(refused.taken_lines) if refused else [],
    )


def claim(kind: type[C], right: Claim, reason: str, because: Why) -> C:
    """Tell a claim after its move."""
    return kind(
        claim_id=right.claim_id,
        customer_id=right.customer_id,
        declaration_id=right.declaration_id,
        line=right.line,
        org_id=right.org_id,
        state=right.state,
        since=right.since,
        until=right.until,
        reason=reason,
        renewals=right.renewals,
        because=because,
    )


def customer(kind: type[K], known: Customer, orgpath: str, because: Why) -> K:
    """Tell a customer as it now is; no phone number, a natural person's name masked."""
    return kind(
        customer_id=known.customer_id,
        customer_code=known.customer_code,
        name=masked(known.name) if known.nature is Nature.PERSON else known.name,
        credit_code=known.credit_code,
        state=known.state,
        nature=known.nature,
        division=known.division,
        place_class=known.place_class,
        industry=known.industry,
        vip=known.vip,
        reach=None,
        speciality=None,
        relationship=None,
        importance=known.importance,
        importance_level=known.importance_level,
        prospect_score=known.prospect_score,
        group_id=known.group_id,
        settlement_kind=None,
        phone_keys=list(known.phone_keys),
        responsible=told.ResponsibleFact(org_id=known.org_id, orgpath=orgpath),
        supports=supports(known.supports),
        manager_id=known.manager_id,
        initial_class=known.initial_class,
        file=file(known),
        because=because,
    )


def file(known: Customer) -> told.FileFact:
    """Tell how complete a customer's file is, and since when it is filed."""
    return told.FileFact(
        completeness=dict(known.completeness),
        filed_on=known.filed_on,
        filed_with_province_on=known.filed_with_province_on,
    )


def assignment(who: Assignment, orgpath: str, because: Why) -> told.AssignmentChanged:
    """Tell who serves a customer."""
    return told.AssignmentChanged(
        customer_id=who.customer_id,
        responsible=told.ResponsibleFact(org_id=who.org_id, orgpath=orgpath),
        manager_id=who.manager_id,
        supports=supports(who.supports),
        credit=[told.CreditFact(**{**vars(one), "share": format(one.share, "f")}) for one in who.credit],
        valid_from=who.valid_from,
        valid_to=who.valid_to,
        because=because,
    )


def supports(units: tuple[Support, ...]) -> list[told.SupportFact]:
    """Tell the supporting units by line."""
    return [told.SupportFact(line=unit.line, org_id=unit.org_id) for unit in units]


def masked(name: str) -> str:
    """Give a natural person's name with all but its first character hidden."""
    return name[:1] + "*" * (len(name) - 1)
