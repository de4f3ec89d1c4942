"""HTTP's word for each refusal; what is not named here conflicts with the present state (409)."""

from collections.abc import Mapping

from contracts.refusals import Refusal
from pricing.model.refusals import accounts, agreements, customers, tariffs

STATUSES: Mapping[type[Refusal], int] = {
    agreements.TermReversed: 422,
    accounts.BillTwice: 422,
    accounts.NoDueDate: 422,
    accounts.DueTooEarly: 422,
    accounts.NoBill: 422,
    customers.InFuture: 422,
    tariffs.NotTheDecider: 403,
    tariffs.NotTheAsker: 403,
}
