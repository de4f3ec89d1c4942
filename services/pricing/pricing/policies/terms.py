"""What an agreement has to state, and when bills under it are due (hubei art. 25)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from pricing.model.accounts import month_end
from pricing.model.agreements import Agreement
from pricing.model.refusals.agreements import DiscountNotApproved, TermMissing
from regulations.provisions import Because, Provision
from regulations.topics.tariffs import AgreementTerms, TariffAuthority

PENALTY = "overdue-penalty"


def must_state_its_terms(agreement: Agreement, rule: Provision[AgreementTerms]) -> Because:
    """Refuse a credit agreement without the penalty for settling late; the settlement cycle every draft has."""
    because = Because.of(rule.cite(settlement_days=agreement.settlement_days))
    on_credit = agreement.settlement_days > 0
    for named in rule.value.states:
        if named.code == PENALTY and on_credit and agreement.terms.penalty_rate is None:
            raise TermMissing.of(named.zh, named.en, because.to_json())
    return because


def must_be_approved(
    agreement: Agreement,
    approved: Sequence[tuple[Sequence[str], Decimal]],
    rule: Provision[TariffAuthority],
) -> None:
    """Refuse discounts that no approved request of the customer covers; `approved` are lines with their discount."""
    best: Mapping[str, Decimal] = {
        line: max(discount for lines, discount in approved if line in lines)
        for line in {line for lines, _ in approved for line in lines}
    }
    for line, discount in agreement.terms.discounts.items():
        if line not in best or discount > best[line]:
            raise DiscountNotApproved.of(line, Because.of(rule.cite(line=line)).to_json())


def due_under(settlement_days: int, month: str) -> date:
    """Give the last day to settle a month's bill: so many days after the month has ended."""
    return month_end(month) + timedelta(days=settlement_days)
