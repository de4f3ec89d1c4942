"""Who reads, and what of the confidential they may see."""

from dataclasses import dataclass
from datetime import datetime

from chassis.clock import SHANGHAI
from chassis.directory import Snapshot

INSPECTOR = "inspector"
UNIT_ROLES = frozenset({"account-manager", "unit-head"})
# An agreement's discounts have gone through the heads and directors above its unit.
ABOVE_ROLES = frozenset({"unit-head", "center-director"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has the record in scope; `law` names organisations."""

    actor: str
    org_id: str
    roles: frozenset[str]
    law: Snapshot

    @property
    def is_inspector(self) -> bool:
        """Inspectors read prices of their scope; each look is recorded."""
        return INSPECTOR in self.roles

    def is_of_unit(self, org_id: str) -> bool:
        """Tell whether the reader works for a unit itself."""
        return self.org_id == org_id and not UNIT_ROLES.isdisjoint(self.roles)

    def is_of_chain(self, org_id: str) -> bool:
        """Tell whether the reader heads a unit, or a center above it."""
        return not ABOVE_ROLES.isdisjoint(self.roles) and self._covers(org_id)

    def unit(self, org_id: str) -> dict[str, str]:
        """Give an organisation with its name."""
        node = self.law.organisations.get(org_id)
        return {"org_id": org_id, "name": node.name if node else org_id}

    def _covers(self, org_id: str) -> bool:
        node = self.law.organisations.get(org_id)
        return node is not None and self.org_id in node.path


def in_shanghai(instant: datetime | None) -> datetime | None:
    """Give an instant as it is shown; rows come in UTC."""
    return instant.astimezone(SHANGHAI) if instant else None
