"""HTTP's word for each refusal; what is not named here conflicts with the present state (409)."""

from collections.abc import Mapping

from contracts.refusals import Refusal
from registry.model.refusals import MakerIsChecker, UnknownLine, UnknownPack, WrongOrganisation

STATUSES: Mapping[type[Refusal], int] = {
    MakerIsChecker: 403,
    WrongOrganisation: 422,
    UnknownLine: 422,
    UnknownPack: 422,
}
