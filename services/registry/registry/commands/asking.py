"""Who asks."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Asker:
    """Who asks: the person, the post's path in the tree, the roles."""

    staff_id: UUID
    orgpath: str
    roles: frozenset[str]

    @property
    def org_id(self) -> str:
        """The organisation of the post."""
        return self.orgpath.rpartition(".")[-1]

    def covers(self, orgpath: str) -> bool:
        """Tell whether an organisation stands in the post's subtree."""
        return orgpath == self.orgpath or orgpath.startswith(f"{self.orgpath}.")

    def may(self, *roles: str) -> bool:
        """Tell whether the post has one of these roles."""
        return not self.roles.isdisjoint(roles)
