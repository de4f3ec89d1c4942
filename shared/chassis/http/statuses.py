"""HTTP's word for the refusals that every service gives."""

from collections.abc import Mapping

from chassis.spreadsheets.refusals import NotAWorkbook, WorkbookRefused, WorkbookTooLarge
from contracts.refusals import Forbidden, InvalidValue, NotFound, Refusal, StaleVersion

CONFLICT = 409
STATUSES: dict[type[Refusal], int] = {
    NotFound: 404,
    Forbidden: 403,
    StaleVersion: 412,
    InvalidValue: 422,
    WorkbookRefused: 422,
    WorkbookTooLarge: 413,
    NotAWorkbook: 415,
}


def status_of(refusal: type[Refusal], statuses: Mapping[type[Refusal], int]) -> int:
    """Give HTTP's word for a refusal of a service; what is not named conflicts with the present state."""
    return status_in(refusal, {**STATUSES, **statuses})


def status_in(refusal: type[Refusal], table: Mapping[type[Refusal], int]) -> int:
    """Give the status of a refusal, or of the nearest kind of it that is named."""
    return next((table[kind] for kind in refusal.__mro__ if kind in table), CONFLICT)
