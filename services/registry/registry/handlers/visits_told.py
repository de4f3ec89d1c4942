"""Visits and symposia as the registry tells of them: model → published language."""

from contracts.care import SymposiumHeld, VisitRecorded
from registry.model.visits import Symposium, Visit


def visit(made: Visit) -> VisitRecorded:
    """Tell a visit as it now is; what was said stays here."""
    return VisitRecorded(
        visit_id=made.visit_id,
        customer_id=made.customer_id,
        org_id=made.org_id,
        level=made.level,
        staff_id=made.staff_id,
        kind=made.kind,
        leader=made.leader,
        visited_on=made.visited_on,
        state=made.state,
    )


def symposium(held: Symposium) -> SymposiumHeld:
    """Tell a symposium."""
    return SymposiumHeld(
        symposium_id=held.symposium_id,
        org_id=held.org_id,
        held_on=held.held_on,
        customers=list(held.customers),
    )
