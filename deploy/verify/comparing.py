"""All comparisons, and the statements that each service's database answers for them."""

from collections.abc import Sequence

from deploy.verify.comparisons import Comparison
from deploy.verify.customers import HEARD
from deploy.verify.evidence import SCORES_REST_ON
from deploy.verify.law import LAW
from deploy.verify.own import OWN
from deploy.verify.usage import USAGE

COMPARISONS: Sequence[Comparison] = (*LAW, *HEARD, *OWN, *USAGE, *SCORES_REST_ON)


def sides_at(service: str) -> set[str]:
    """Give what is to be read of a service to be compared with what another one has."""
    across = [one for one in COMPARISONS if not one.is_within]
    return {side.sql for one in across for side in (one.kept, one.told) if side.service == service}


def within(service: str) -> list[Comparison]:
    """Give what is compared in a service's own database."""
    return [one for one in COMPARISONS if one.is_within and one.kept.service == service]
