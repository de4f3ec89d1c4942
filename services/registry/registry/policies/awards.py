"""What an award changes: claims, who answers for the customer, who supports it, who is credited with its revenue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.model.claims import Claim
from registry.model.customers import Credit, Support
from registry.model.disputes import Award
from registry.model.refusals import LineElsewhere
from regulations.calendars import add_months


@dataclass(frozen=True)
class Position:
    """Who has what of a customer: its responsible unit, the live claims by line, supports, credit."""

    responsible: str
    claims: Mapping[str, Claim]
    supports: tuple[Support, ...]
    credit: tuple[Credit, ...]


@dataclass(frozen=True)
class Effects:
    """What an award changes; `begins` are the lines on which the lead's claim begins."""

    ends: tuple[Claim, ...]
    begins: tuple[str, ...]
    responsible: str
    supports: tuple[Support, ...]
    credit: tuple[Credit, ...]
    credited_from: str


def effects(
    position: Position, lines: Sequence[str], parties: Sequence[str], award: Award, day: date
) -> Effects:
    """Say what an award of a day does; revenue is credited by it from the month after."""
    contested = [position.claims[line] for line in lines if line in position.claims]
    for claim in contested:
        if claim.org_id not in parties:
            raise LineElsewhere(
                f"业务 {claim.line} 现由非当事单位持有",
                f"{claim.line} is held by a unit that is no party",
                extra={"line": claim.line},
            )
    holders = {line: claim.org_id for line, claim in position.claims.items()}
    holders |= dict.fromkeys(lines, award.lead)
    keeps = position.responsible in holders.values()
    responsible = position.responsible if keeps else award.lead
    from_month = credited_from(day)
    return Effects(
        ends=tuple(claim for claim in contested if claim.org_id != award.lead),
        begins=tuple(
            line
            for line in lines
            if line not in position.claims or position.claims[line].org_id != award.lead
        ),
        responsible=responsible,
        supports=_supports(position, lines, responsible, award.lead),
        credit=_credit(position, lines, responsible, award, from_month),
        credited_from=from_month,
    )


def credited_from(day: date) -> str:
    """Give the month from which a ruling of a day divides revenue: the one after, for what is earned stays."""
    return f"{add_months(day.replace(day=1), 1):%Y-%m}"


def _supports(position: Position, lines: Sequence[str], responsible: str, lead: str) -> tuple[Support, ...]:
    kept = [unit for unit in position.supports if unit.line not in lines and unit.org_id != responsible]
    gained = [] if lead == responsible else [Support(line, lead) for line in lines]
    return (*kept, *gained)


def _credit(
    position: Position, lines: Sequence[str], responsible: str, award: Award, from_month: str
) -> tuple[Credit, ...]:
    """Replace what was to hold from that month on; what earlier months were divided by stays."""
    kept = [one for one in position.credit if one.line not in lines or one.from_month < from_month]
    follows = award.sole and award.lead == responsible
    for line in lines:
        if follows and any(one.line == line for one in kept):
            kept.append(Credit(line, from_month, None, award.shares[0].share, lead=True))
        elif not follows:
            kept += [
                Credit(line, from_month, one.org_id, one.share, lead=one.org_id == award.lead)
                for one in award.shares
            ]
    return tuple(kept)
