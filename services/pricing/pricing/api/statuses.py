"""HTTP's word for each refusal; what is not named here conflicts with the present state (409)."""

from collections.abc import Mapping

from contracts.refusals import Refusal
from pricing.model import refusals

STATUSES: Mapping[type[Refusal], int] = {
    refusals.UnknownCustomer: 422,
    refusals.UnknownLine: 422,
    refusals.TermReversed: 422,
    refusals.BillTwice: 422,
    refusals.NoDueDate: 422,
    refusals.NoBill: 422,
    refusals.InFuture: 422,
    refusals.NotTheDecider: 403,
    refusals.MakerIsChecker: 403,
    refusals.NotTheAsker: 403,
}
