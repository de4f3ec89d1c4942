"""Where what-ifs are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from tiering.model.what_ifs import Drafts, WhatIf


@dataclass(frozen=True, slots=True)
class NewWhatIf:
    """A what-if to be run: the law of the base for everybody, and that of the drafts for whom it may be another."""

    id: UUID
    center_org_id: str
    org_id: str
    name: str
    year: int
    valid_from: date
    made_by: str
    made_at: datetime
    base: WhatIf | None
    layers: Sequence[Drafts]
    base_sheet: Mapping[str, Any]
    draft_sheet: Mapping[str, Any]
    changes: Sequence[Mapping[str, Any]]


class WhatIfs(Protocol):
    """The what-ifs of a center."""

    async def hold(self, center_org_id: str) -> None:
        """Let no other what-if of the center be made until the transaction ends."""
        ...

    async def count(self, center_org_id: str) -> int:
        """Count those that the center keeps."""
        ...

    async def named(self, center_org_id: str, name: str) -> UUID | None:
        """Give the one of this name, if the center has one."""
        ...

    async def get(self, what_if_id: UUID, pointer: str | None = None) -> WhatIf:
        """Give one; raises NotFound, with the place in the request that names it."""
        ...

    async def run(self, new: NewWhatIf) -> None:
        """Work it out and save it."""
        ...

    async def remove(self, what_if: WhatIf) -> None:
        """Remove it with everything it found."""
        ...
