"""Asking whether somebody has a customer."""

from dataclasses import dataclass

from registry.commands.asking import Asker
from registry.model.declarations import Prospect


@dataclass(frozen=True)
class CheckBlindly:
    """Ask for a customer before declaring it; `org_id` is the unit that would."""

    asker: Asker
    org_id: str
    prospect: Prospect
    lines: tuple[str, ...]
