"""The ledger between units: who owes whom how much, from which case."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class EntryKind(StrEnum):
    """What an entry says: a unit owes another, has paid it, or an earlier entry is taken back."""

    CHARGE = "charge"
    PAYMENT = "payment"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; the amount is positive, its sign in either unit's books follows from the kind.

    `corrected_kind` is that of the entry taken back.
    """

    id: UUID
    kind: EntryKind
    debtor_org_id: str
    creditor_org_id: str
    amount: Decimal
    posted_at: datetime
    posted_by: str
    reason: str
    case_no: str | None = None
    compensation_id: UUID | None = None
    corrects: UUID | None = None
    corrected_kind: EntryKind | None = None
    replaces: UUID | None = None

    @property
    def raises_debt(self) -> bool:
        """Tell whether the debtor owes more by it."""
        if self.kind is EntryKind.CORRECTION:
            return self.corrected_kind is EntryKind.PAYMENT
        return self.kind is EntryKind.CHARGE

    @property
    def lines(self) -> tuple[tuple[str, str, Decimal], ...]:
        """Give (unit, counterparty, amount) for both units, what is owed to a unit being positive."""
        owed = self.amount if self.raises_debt else -self.amount
        return (
            (self.creditor_org_id, self.debtor_org_id, owed),
            (self.debtor_org_id, self.creditor_org_id, -owed),
        )
