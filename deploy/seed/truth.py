"""What was planted in the sample, listed apart: tests compare it with what the services found. Nothing else reads it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from deploy.seed import duplicates, seasons
from deploy.seed.duplicates import Duplicate
from deploy.seed.fates import Anomaly
from deploy.seed.irregularities import CityMonth, Irregularities, Reason
from deploy.seed.months import year_of
from deploy.seed.plan import Customer, Plan


@dataclass(frozen=True)
class GroundTruth:
    """By index of the customer, by city and month; months as 2026-03."""

    stages: Mapping[str, int]
    classes: Mapping[int, int]
    anomalies: Mapping[Anomaly, Mapping[int, str]]
    late_payers: frozenset[int]
    unpaid_from: Mapping[int, str]
    without_file: frozenset[int]
    unvisited: frozenset[int]
    duplicates: tuple[Duplicate, ...]
    late_files: frozenset[CityMonth]
    missing_files: frozenset[CityMonth]
    corrected_files: Mapping[CityMonth, Reason]
    unanalysed: frozenset[CityMonth]
    one_symposium: frozenset[str]


def of(plan: Plan) -> GroundTruth:
    """List what is planted in a plan."""
    registered = [customer for customer in plan.customers if customer.registered]
    wrong = Irregularities(plan.seed, plan.cities, plan.months)
    return GroundTruth(
        stages=Counter(customer.assignment.stage for customer in plan.customers),
        classes=Counter(customer.assignment.customer_class for customer in registered),
        anomalies={kind: _anomalies(registered, kind, plan) for kind in ("drop", "spike", "stop")},
        late_payers=frozenset(c.firm.index for c in registered if c.fate.late_payer),
        unpaid_from={
            c.firm.index: plan.months[c.fate.unpaid_from]
            for c in registered
            if c.fate.unpaid_from is not None
        },
        without_file=frozenset(c.firm.index for c in registered if not c.fate.filed),
        unvisited=frozenset(c.firm.index for c in registered if not c.fate.visited),
        duplicates=tuple(duplicates.planted(plan)),
        late_files=wrong.late,
        missing_files=wrong.missing,
        corrected_files=wrong.corrected,
        unanalysed=wrong.unanalysed,
        one_symposium=wrong.one_symposium,
    )


def revenue_of_the_year(customer: Customer, year: int, plan: Plan) -> Decimal:
    """What the services should have counted for a customer: everything but files that never came."""
    missing = Irregularities(plan.seed, plan.cities, plan.months).missing
    city, demand = plan.city_of(customer.assignment.unit), customer.demand()
    return sum(
        (
            used.revenue
            for offset, month in enumerate(plan.months)
            if year_of(month) == year and CityMonth(month, city) not in missing
            for used in demand.used(offset, month, seasons.read())
        ),
        Decimal(0),
    )


def _anomalies(customers: list[Customer], kind: Anomaly, plan: Plan) -> dict[int, str]:
    planted = ((c.firm.index, c.fate.planted) for c in customers)
    return {index: plan.months[each.month] for index, each in planted if each and each.kind == kind}
