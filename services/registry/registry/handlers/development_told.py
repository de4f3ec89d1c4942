"""Development cases as the registry tells of them: model → published language."""

from contracts.development import DevelopmentCaseChanged
from registry.handlers.facts import masked
from registry.model.customers import Nature
from registry.model.development import DevelopmentCase


def case(known: DevelopmentCase) -> DevelopmentCaseChanged:
    """Tell a case as it now is; what was found out stays here."""
    hidden = known.target.nature is Nature.PERSON
    return DevelopmentCaseChanged(
        case_id=known.case_id,
        org_id=known.org_id,
        city_org_id=known.city_org_id,
        customer_id=known.customer_id,
        name=masked(known.target.name) if hidden else known.target.name,
        lines=list(known.lines),
        demand=known.demand,
        owner_id=known.owner_id,
        state=known.state,
        step=known.step,
        filed_at=known.filed_at,
        score=known.score,
        project_state=known.project_state,
        because=known.because,
    )
