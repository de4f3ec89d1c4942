"""Which unit declares a customer, who manages it, who decides, and how far it gets."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from deploy.seed.divisions import Divisions
from deploy.seed.firms import Firm
from deploy.seed.law import Law
from deploy.seed.people import MANAGER, Person, Staff

HEAVY_LINES = frozenset({"integrated-logistics", "freight-forwarding"})
STAGES = ("approved", "filed", "protected")
STAGE_WEIGHTS = (85, 5, 10)


@dataclass(frozen=True)
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

    def assign(self, firm: Firm) -> Assignment:
        rng = Random(f"{self.seed}:assignment:{firm.index}")
        unit = self._unit(firm, rng)
        division = self.divisions[firm.division]
        city = self.divisions.city_of(division)
        below = (city.code, unit.partition("-")[0])
        earned = self.law.earned(firm.yearly_fees, division.place_class, *below)
        return Assignment(
            unit=unit,
            manager_no=self._manager(unit, self.law.share_of_a_manager(earned, *below)).staff_no,
            officer_no=rng.choice(self.staff.at(city.code, "center-officer")).staff_no,
            stage=rng.choices(STAGES, STAGE_WEIGHTS)[0],
            customer_class=earned,
        )

    def _unit(self, firm: Firm, rng: Random) -> str:
        division = self.divisions[firm.division]
        city = self.divisions.city_of(division)
        if HEAVY_LINES & set(firm.lines) and rng.random() < 0.5:
            return f"{city.code}-S01"
        teams = [org for org in (f"{division.code}-T01", f"{division.code}-T02") if org in self.staff.by_unit]
        own = [] if division.kind == "city" else [division.code] * 2
        return rng.choice([*own, *teams])

    def _manager(self, unit: str, share: Fraction) -> Person:
        """The first manager of the unit with room left, else a new one."""
        managers = self.staff.at(unit, MANAGER)
        free = (person for person in managers if self.load[person.staff_no] + share <= 1)
        manager = next(free, None) or self.staff.hire(unit, MANAGER)
        self.load[manager.staff_no] += share
        return manager
