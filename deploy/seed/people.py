"""The staff of the sample: a person in every role at the levels where it makes sense."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

from deploy.seed.organisations import Organisation
from deploy.seed.words import Words

MANAGER = "account-manager"
POSTS: dict[str, tuple[str, ...]] = {
    "national": (),
    "province": (
        "center-officer",
        "center-officer",
        "center-director",
        "inspector",
        "finance",
        "administrator",
        "observer",
        "system",
        "hotline-agent",
        "hotline-agent",
    ),
    "city": ("center-officer", "center-director", "hotline-agent", "finance"),
    "bureau": ("unit-head", MANAGER),
    "county": ("unit-head", MANAGER),
    "team": (MANAGER,),
}
PEOPLE_A_PREFIX = 999
HEADED_TEAMS = "-T01"
SYSTEM_NAME = "业务量系统接口"
DEPUTISES = {"center-officer": "center-director", "unit-head": MANAGER}


class UnitFullError(Exception):
    """A unit has as many people as it has staff numbers."""


@dataclass(frozen=True)
class Person:
    staff_no: str
    name: str
    org_id: str
    roles: tuple[str, ...]
    deputy_no: str | None = None


@dataclass
class Staff:
    """The people hired so far, by unit; hiring never changes those already there."""

    organisations: dict[str, Organisation]
    words: Words
    seed: str
    by_unit: dict[str, list[Person]] = field(default_factory=dict)

    def hire(self, org_id: str, role: str) -> Person:
        """Add a person; raises UnitFullError where the unit has no staff number left."""
        unit = self.by_unit.setdefault(org_id, [])
        prefixes = self.organisations[org_id].staff_prefixes
        block, number = divmod(len(unit), PEOPLE_A_PREFIX)
        if block >= len(prefixes):
            raise UnitFullError(org_id)
        staff_no = f"{prefixes[block]}{number + 1:03d}"
        name = SYSTEM_NAME if role == "system" else self.words.person(Random(f"{self.seed}:staff:{staff_no}"))
        person = Person(staff_no, name, org_id, (role,))
        unit.append(person)
        return person

    def at(self, org_id: str, role: str) -> list[Person]:
        return [person for person in self.by_unit.get(org_id, []) if role in person.roles]

    def everyone(self) -> tuple[Person, ...]:
        """All people with their deputies, every deputy before those he or she stands in for."""
        people = [person for unit in self.by_unit.values() for person in unit]
        named = [replace(person, deputy_no=self._deputy(person)) for person in people]
        return tuple(sorted(named, key=_rank))

    def _deputy(self, person: Person) -> str | None:
        wanted = DEPUTISES.get(person.roles[0])
        candidates = self.at(person.org_id, wanted) if wanted else []
        return candidates[0].staff_no if candidates else None


def appoint(organisations: Iterable[Organisation], words: Words, seed: str) -> Staff:
    """Fill every regular post."""
    nodes = {node.org_id: node for node in organisations}
    staff = Staff(nodes, words, seed)
    for node in nodes.values():
        for role in _posts(node, nodes):
            staff.hire(node.org_id, role)
    return staff


def _posts(node: Organisation, nodes: dict[str, Organisation]) -> Iterator[str]:
    yield from POSTS[node.kind]
    parent = nodes.get(node.parent_id or "")
    if node.kind == "team" and node.org_id.endswith(HEADED_TEAMS) and parent and parent.kind == "city":
        yield "unit-head"


def _rank(person: Person) -> tuple[bool, str]:
    return (person.deputy_no is not None, person.staff_no)
