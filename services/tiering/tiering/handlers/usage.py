"""Taking usage: files as they come in, rows by hand, corrections."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.auth import Caller
from chassis.directory import Organisation, Snapshot, UnknownOrganisation
from chassis.ids import uuid7
from contracts.refusals import NotFound, UnknownLine
from regulations.provisions import Because, Provision
from regulations.topics.customers import BusinessLines
from tiering.commands.usage import FigureRow, RecordUsage, SubmitFile
from tiering.model.refusals import NothingToCorrect, RepeatedRow, WrongUnit, not_of_the_unit
from tiering.model.usage import Reason
from tiering.policies.filing import check_month, filing_term
from tiering.ports.usage import Batch, NewFile, Staged, Taken, UsageFiles, UsageRows

FILING_KINDS = frozenset({"province", "city", "county", "bureau"})


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, under which law; the limits of the process."""

    caller: Caller
    now: datetime
    correlation_id: str
    law: Snapshot
    months_back: int
    rows_per_event: int


async def submit_file(
    command: SubmitFile, asking: Asking, files: UsageFiles, pieces: AsyncIterator[bytes]
) -> tuple[UUID, bool]:
    """Receive a unit's month; gives the file, and whether the same one was on record already."""
    unit = filing_unit(command.org_id, asking)
    check_month(command.month, asking.now.date(), asking.months_back)
    term = filing_term(unit.org_id, command.month, asking.law)
    # What came while the month still ran did not file it: it is loaded again.
    since = term.started_at if asking.now >= term.started_at else None
    same = await files.same_as(unit.org_id, command.month, command.sha256, since)
    if same is not None:
        return same, True
    received = NewFile(
        file_id=uuid7(),
        org_id=unit.org_id,
        command=command,
        uploaded_by=asking.caller.actor,
        correlation_id=asking.correlation_id,
        received_at=asking.now,
        due=term.due,
        late=term.is_late(asking.now),
    )
    await files.receive(received, pieces)
    return received.file_id, False


async def record_usage(command: RecordUsage, asking: Asking, rows: UsageRows) -> Taken:
    """Write rows of a unit's month, all or none; a correction finds what it corrects."""
    unit = filing_unit(command.org_id, asking)
    check_month(command.month, asking.now.date(), asking.months_back)
    law = asking.law.find(BusinessLines, org_id=unit.org_id, day=asking.now.date())
    staged = await _staged(command.rows, law, rows)
    batch = Batch(
        org_id=unit.org_id,
        orgpath=unit.orgpath,
        month=command.month,
        file_id=None,
        reason=command.reason or Reason.SOURCE,
        rows_per_event=asking.rows_per_event,
    )
    taken = await rows.take(batch, staged)
    _refuse_any(taken, command)
    return taken


def filing_unit(org_id: str | None, asking: Asking) -> Organisation:
    """Give the unit that files: the caller's own or one in their scope; raises NotFound, WrongUnit."""
    unit = unit_in_scope(org_id, asking)
    if unit.kind not in FILING_KINDS:
        raise WrongUnit.of(unit.name)
    return unit


def unit_in_scope(org_id: str | None, asking: Asking) -> Organisation:
    """Give the caller's own organisation or one in their scope; raises NotFound."""
    try:
        unit = asking.law.organisation(org_id or asking.caller.org_id)
    except UnknownOrganisation as unknown:
        raise no_such_unit() from unknown
    if not asking.caller.covers(unit.orgpath):
        raise no_such_unit()
    return unit


def no_such_unit() -> NotFound:
    """The refusal of a unit that is unknown or out of scope."""
    return NotFound("没有这个单位", "No such organisation", pointer="/org_id")


def lines_in_force(org_id: str, day: date, law: Snapshot) -> dict[str, str]:
    """Give the code of every line in force, by its code and by its Chinese name."""
    return _codes(law.find(BusinessLines, org_id=org_id, day=day))


def line_names(org_id: str, day: date, law: Snapshot) -> dict[str, str]:
    """Give the Chinese name of every line in force, by its code."""
    lines = law.find(BusinessLines, org_id=org_id, day=day).value.lines
    return {line.code: line.zh for line in lines}


def _codes(law: Provision[BusinessLines]) -> dict[str, str]:
    lines = law.value.lines
    return {**{line.zh: line.code for line in lines}, **{line.code: line.code for line in lines}}


async def _staged(
    rows: tuple[FigureRow, ...], law: Provision[BusinessLines], usage: UsageRows
) -> list[Staged]:
    lines = _codes(law)
    known = await usage.known([row.customer for row in rows])
    staged = []
    seen: set[tuple[UUID, str]] = set()
    for number, row in enumerate(rows):
        if row.customer not in known:
            raise not_of_the_unit(f"/rows/{number}/customer")
        if row.line not in lines:
            because = Because.of(law.cite(line=row.line)).to_json()
            raise UnknownLine.of(row.line, f"/rows/{number}/line", law.value.codes, because)
        customer_id, line = known[row.customer], lines[row.line]
        if (customer_id, line) in seen:
            raise RepeatedRow.of(f"/rows/{number}")
        seen.add((customer_id, line))
        staged.append(Staged(number, customer_id, line, row.revenue, row.pieces, row.weight_kg))
    return staged


def _refuse_any(taken: Taken, command: RecordUsage) -> None:
    for number in taken.numbers.get("unknown", ()):
        raise not_of_the_unit(f"/rows/{number}/customer")
    if command.reason in (Reason.SOURCE, Reason.INACCURACY):
        for number in taken.numbers.get("new", ()):
            raise NothingToCorrect.of(f"/rows/{number}")
