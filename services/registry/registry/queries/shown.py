"""What of a customer's personal data a caller may see (layers of the file)."""

from collections.abc import Sequence

from chassis.auth import Caller
from chassis.directory import Snapshot
from chassis.phones import mask
from registry.handlers.facts import masked
from registry.model.staff import Role

__all__ = ["INTERNAL", "masked", "name_of", "phones", "sees_internal"]

# Managers, unit heads and centers have the customer in scope only where it is theirs; the rest sees the open layer.
INTERNAL = frozenset(
    {Role.ACCOUNT_MANAGER, Role.UNIT_HEAD, Role.CENTER_OFFICER, Role.CENTER_DIRECTOR, Role.INSPECTOR}
)


def sees_internal(caller: Caller) -> bool:
    """Tell whether a caller who has the customer in scope sees more than the open layer."""
    return caller.may(*INTERNAL)


def phones(numbers: Sequence[str], *, full: bool) -> list[str]:
    """Give phone numbers, masked unless shown in full."""
    return [number if full else mask(number) for number in numbers]


def name_of(org_id: str, law: Snapshot) -> str:
    """Give an organisation's name, or the id of an unknown one."""
    node = law.organisations.get(org_id)
    return node.name if node else org_id
