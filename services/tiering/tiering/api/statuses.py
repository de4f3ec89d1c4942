"""HTTP's word for each refusal; what is not named here conflicts with the present state (409)."""

from collections.abc import Mapping

from contracts.refusals import Refusal

STATUSES: Mapping[type[Refusal], int] = {}
