"""Which HTTP status a refusal answers with."""

from contracts.refusals import Refusal
from service_desk.model import refusals

STATUSES: dict[type[Refusal], int] = {
    refusals.UnknownCity: 422,
    refusals.UnknownComplaint: 422,
    refusals.ReceivedInFuture: 422,
    refusals.UnknownCause: 422,
    refusals.TooFewTries: 422,
    refusals.NotYours: 403,
    refusals.UnknownPost: 403,
    refusals.StepSkipped: 409,
    refusals.CaseEnded: 409,
    refusals.TransferRefused: 409,
    refusals.NothingAbove: 409,
}
