"""Which unit declares a customer, who manages it, who decides, and how far it gets."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from deploy.seed.divisions import Division, Divisions
from deploy.seed.firms import Firm
from deploy.seed.law import Law
from deploy.seed.people import MANAGER, Person, Staff, UnitFullError

HEAVY_LINES = frozenset({"integrated-logistics", "freight-forwarding"})
STAGES = ("approved", "filed", "protected")
STAGE_WEIGHTS = (85, 5, 10)


@dataclass(frozen=True, slots=True)
class Assignment:
    unit: str
    manager_no: str
    officer_no: str
    stage: str
    customer_class: int


@dataclass
class Desk:
    """Gives out customers one after the other; earlier decisions never depend on later customers."""

    staff: Staff
    divisions: Divisions
    law: Law
    seed: str
    load: dict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    # The managers of a unit that may still have room, in the order of their hiring.
    free: dict[str, list[Person]] = field(default_factory=dict)

    def assign(self, firm: Firm) -> Assignment:
        rng = Random(f"{self.seed}:assignment:{firm.index}")
        units = self._units(firm, rng)
        division = self.divisions[firm.division]
        city = self.divisions.city_of(division)
        unit, manager, earned = self._given(firm, units)
        return Assignment(
            unit=unit,
            manager_no=manager.staff_no,
            officer_no=rng.choice(self.staff.at(city.code, "center-officer")).staff_no,
            stage=rng.choices(STAGES, STAGE_WEIGHTS)[0],
            customer_class=earned,
        )

    def _given(self, firm: Firm, units: Iterator[str]) -> tuple[str, Person, int]:
        """The first of the units that has somebody for the customer, the manager, and the class that it has there."""
        division = self.divisions[firm.division]
        city = self.divisions.city_of(division)
        for unit in units:
            below = (city.code, unit.partition("-")[0])
            earned = self._class(firm, division, below)
            try:
                return unit, self._manager(unit, earned, below), earned
            except UnitFullError:
                continue
        raise UnitFullError(f"{firm.division}: no unit has a staff number left for customer {firm.index}")

    def _class(self, firm: Firm, division: Division, below: tuple[str, str]) -> int:
        earned = self.law.earned(firm.yearly_fees, division.place_class, *below)
        level = firm.importance_level
        return earned if level is None else min(earned, self.law.class_of(level))

    def _units(self, firm: Firm, rng: Random) -> Iterator[str]:
        """The unit that has the customer, then those that would take it if that one were full."""
        division = self.divisions[firm.division]
        city = self.divisions.city_of(division)
        if HEAVY_LINES & set(firm.lines) and rng.random() < 0.5:
            yield f"{city.code}-S01"
        teams = [org for org in (f"{division.code}-T01", f"{division.code}-T02") if org in self.staff.by_unit]
        own = [] if division.kind == "city" else [division.code] * 2
        yield rng.choice([*own, *teams])
        yield from dict.fromkeys([*own, *teams])

    def _manager(self, unit: str, customer_class: int, below: tuple[str, str]) -> Person:
        """The first manager of the unit with room left, else a new one."""
        share = self.law.share_of_a_manager(customer_class, *below)
        free = self.free.setdefault(unit, self.staff.at(unit, MANAGER))
        manager = next((one for one in free if self.load[one.staff_no] + share <= 1), None)
        if manager is None:
            manager = self.staff.hire(unit, MANAGER)
            free.append(manager)
        self.load[manager.staff_no] += share
        if self.load[manager.staff_no] + self.law.least_share_of_a_manager(*below) > 1:
            free.remove(manager)
        return manager
