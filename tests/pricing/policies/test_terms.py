"""hubei art. 25: what an agreement states, and when bills under it are due."""

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from pricing.model.agreements import Agreement, AgreementState, Terms
from pricing.model.refusals.agreements import DiscountNotApproved, TermMissing, TermReversed
from pricing.policies.terms import due_under, must_be_approved, must_state_its_terms
from regulations.topics.tariffs import AgreementTerms, TariffAuthority
from support.law import provision
from support.service import MORNING


def an_agreement(
    *,
    settlement_days: int = 30,
    penalty: str | None = "0.0005",
    ends_on: date | None = None,
    **discounts: str,
) -> Agreement:

    return Agreement(
        id=uuid4(),
        version=0,
        state=AgreementState.DRAFT,
        customer_id=uuid4(),
        org_id="420106-T01",
        lines=("domestic-express",),
        settlement_days=settlement_days,
        starts_on=date(2026, 3, 1),
        ends_on=ends_on,
        drafted_by="a",
        drafted_at=datetime.fromisoformat(MORNING),
        terms=Terms(
            {line.replace("_", "-"): Decimal(share) for line, share in discounts.items()},
            Decimal(penalty) if penalty else None,
        ),
    )


@pytest.mark.parametrize(
    ("month", "days", "due_on"),
    [
        ("2026-01", 0, date(2026, 1, 31)),
        ("2026-01", 30, date(2026, 3, 2)),
        ("2026-02", 1, date(2026, 3, 1)),
        ("2028-02", 1, date(2028, 3, 1)),
        ("2026-12", 10, date(2027, 1, 10)),
    ],
)
def test_a_bill_is_due_so_many_days_after_its_month_has_ended(month: str, days: int, due_on: date) -> None:
    assert due_under(days, month) == due_on


def test_an_agreement_on_credit_states_the_penalty_for_settling_late() -> None:
    rule = provision(AgreementTerms)
    with pytest.raises(TermMissing) as refusal:
        must_state_its_terms(an_agreement(penalty=None), rule)
    assert refusal.value.because is not None
    assert refusal.value.because["reasons"][0]["article"] == "25"
    must_state_its_terms(an_agreement(penalty="0.0005"), rule)
    must_state_its_terms(an_agreement(penalty=None, settlement_days=0), rule)


def test_an_agreement_promises_no_more_than_was_approved_for_that_line() -> None:
    rule = provision(TariffAuthority)
    approved = [(["domestic-express"], Decimal("0.08")), (["domestic-express"], Decimal("0.10"))]
    must_be_approved(an_agreement(domestic_express="0.10"), approved, rule)
    with pytest.raises(DiscountNotApproved):
        must_be_approved(an_agreement(domestic_express="0.11"), approved, rule)
    with pytest.raises(DiscountNotApproved) as refusal:
        must_be_approved(an_agreement(domestic_express="0.01"), [(["ceremonial"], Decimal("0.10"))], rule)
    assert "0.01" not in refusal.value.zh + refusal.value.en


def test_a_term_does_not_end_before_it_starts() -> None:
    assert an_agreement(ends_on=date(2026, 3, 1)).ends_on == date(2026, 3, 1)
    with pytest.raises(TermReversed):
        an_agreement(ends_on=date(2026, 2, 28))
    with pytest.raises(TermReversed):
        an_agreement(ends_on=date(2026, 3, 1)).sign(date(2026, 3, 2), {})
