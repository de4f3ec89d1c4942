"""The customers that have a code: little enough of each to keep a million."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deploy.seed.demand import Demand
from deploy.seed.plan import Customer, Plan

NEWEST = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered customer as those who work with it know it."""

    code: str
    name: str
    city: str
    customer_class: int
    demand: Demand

    @property
    def index(self) -> int:
        return self.demand.index


class Ledger:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._by_city: dict[str, list[Entry]] = defaultdict(list)
        self.newest: deque[Entry] = deque(maxlen=NEWEST)

    def __len__(self) -> int:
        return sum(map(len, self._by_city.values()))

    def __iter__(self) -> Iterator[Entry]:
        return (entry for city in self._plan.cities for entry in self._by_city[city])

    def enter(self, customer: Customer, code: str) -> Entry:
        """Note the code that a customer got."""
        firm, assignment = customer.firm, customer.assignment
        city = self._plan.city_of(assignment.unit)
        # The name of a natural person is nobody's business where the code will do.
        name = "" if firm.nature == "person" else firm.name
        entry = Entry(code, name, city, assignment.customer_class, customer.demand())
        self._by_city[city].append(entry)
        self.newest.append(entry)
        return entry

    def of_city(self, city: str) -> Sequence[Entry]:
        return self._by_city[city]
