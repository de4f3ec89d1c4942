"""What requests about compensations, liability and settlements may hold."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from chassis.http.bodies import Body
from service_desk.api.bodies import Amount, Line, Reference, Text
from service_desk.commands import (
    AppealLiability,
    ChargeShares,
    CorrectSettlement,
    DecideAppeal,
    DecideCompensation,
    GrantCompensation,
    PayCompensation,
    RecordSettlement,
)
from service_desk.model.cases import Link
from service_desk.settings import MOST_SHARES, SHARE_DECIMALS


def _something(value: str) -> str:
    if not Decimal(value):
        raise ValueError("金额应大于零 | an amount is more than nothing")
    return value


def _part(value: str) -> str:
    if not 0 < Decimal(value) <= 1:
        raise ValueError("比例应大于零且不超过1 | a share is above nothing and at most 1")
    return value


Payable = Annotated[Amount, AfterValidator(_something)]
ShareText = Annotated[
    str,
    Field(pattern=rf"^[01](\.[0-9]{{1,{SHARE_DECIMALS}}})?$"),
    AfterValidator(_part),
]
"""A share above nothing and up to 1, as decimal text."""


class HandleIn(Body):
    """The amount granted in yuan, and why."""

    amount: Payable
    reason: Text

    def command(self) -> GrantCompensation:
        """Give the command."""
        return GrantCompensation(Decimal(self.amount), self.reason)


class DecideIn(Body):
    """Why it is refused, reported or approved."""

    reason: Text

    def command(self) -> DecideCompensation:
        """Give the command."""
        return DecideCompensation(self.reason)


class PayIn(Body):
    """What is paid, which is what was granted, and the reference of the payment."""

    amount: Payable
    reference: Line

    def command(self) -> PayCompensation:
        """Give the command."""
        return PayCompensation(Decimal(self.amount), self.reference)


class ShareIn(Body):
    """The share of a unit for its link of the chain."""

    link: Link
    org_id: Reference
    share: ShareText


Shares = Annotated[list[ShareIn], Field(min_length=1, max_length=MOST_SHARES)]


def _shares(given: list[ShareIn]) -> tuple[tuple[Link, str, Decimal], ...]:
    return tuple((one.link, one.org_id, Decimal(one.share)) for one in given)


class ChargeIn(Body):
    """Shares that sum to exactly 1, and why."""

    shares: Shares
    reason: Text

    def command(self) -> ChargeShares:
        """Give the command."""
        return ChargeShares(_shares(self.shares), self.reason)


class AppealIn(Body):
    """Why a charged unit appeals, or on what ground it is settled."""

    reason: Text

    def command(self) -> AppealLiability:
        """Give the command."""
        return AppealLiability(self.reason)


class DecideAppealIn(Body):
    """The shares that hold instead; none where those appealed against are upheld."""

    shares: Shares | None = None
    reason: Text

    def command(self) -> DecideAppeal:
        """Give the command."""
        return DecideAppeal(_shares(self.shares) if self.shares is not None else None, self.reason)


class SettlementIn(Body):
    """A unit has paid to one's own: which, how much, and by what."""

    kind: Literal["payment"] = "payment"
    debtor: Reference
    amount: Payable
    reason: Text

    def command(self) -> RecordSettlement:
        """Give the command."""
        return RecordSettlement(self.debtor, Decimal(self.amount), self.reason)


class CorrectionIn(Body):
    """Why an entry is taken back, and the right amount where there is one."""

    amount: Payable | None = None
    reason: Text

    def command(self, entry_id: UUID) -> CorrectSettlement:
        """Give the command."""
        return CorrectSettlement(entry_id, Decimal(self.amount) if self.amount else None, self.reason)
