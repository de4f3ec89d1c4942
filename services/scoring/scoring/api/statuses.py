"""Which HTTP status a refusal answers with."""

from contracts.refusals import Refusal
from scoring.model import refusals

STATUSES: dict[type[Refusal], int] = {
    refusals.InvalidPeriod: 422,
    refusals.QuarterNotBegun: 422,
    refusals.QuarterNotOver: 409,
    refusals.AlreadyPublished: 409,
    refusals.NobodyScored: 409,
}
