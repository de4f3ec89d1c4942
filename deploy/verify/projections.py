"""Checks of what follows from the logs: state tables beside their own events, projections beside those of others."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from deploy.verify.record import Record
from deploy.verify.registry_records import DIRECTORY
from deploy.verify.rows import Finding, Kind, Logged, Row, Told

NESTED = "."
# How often something was told that is told once.
TIMES = "times"


def rows_match(record: Record, rows: Sequence[Row], newest: Mapping[str, Told]) -> Iterator[Finding]:
    """Each row is at the version of its newest event and as this tells it; none without the other."""
    where = f"{record.service} {record.table}"
    known = {f"{record.aggregate}:{row[record.key]}": row for row in rows}
    for aggregate, row in known.items():
        told = newest.get(aggregate)
        if told is None:
            yield Finding(Kind.LOST, f"{where}: no event tells of {aggregate}", [row])
        elif row["version"] != told.version:
            kind = Kind.LOST if row["version"] > told.version else Kind.PHANTOM
            says = f"{where}: the row is at version {row['version']}, its newest event at {told.version}"
            yield Finding(kind, says, [row, told])
        else:
            yield from _alike(where, record.fields, row, told)
    for aggregate, told in newest.items():
        if aggregate not in known:
            yield Finding(Kind.LOST, f"{where}: {aggregate} was told of and has no row", [told])


def told_once(record: Record, rows: Sequence[Row], log: Sequence[Logged]) -> Iterator[Finding]:
    """Each row has exactly one event of each type that begins a record."""
    counts = Counter((row.aggregate, row.type) for row in log if row.type in record.once)
    for row in rows:
        aggregate = f"{record.aggregate}:{row[record.key]}"
        for event_type in record.once:
            count = counts[aggregate, event_type]
            if count != 1:
                kind = Kind.LOST if count == 0 else Kind.DOUBLED
                says = f"{record.service} {record.table}: {aggregate} has {count} × {event_type}"
                yield Finding(kind, says, [row])


def deadlines_match(service: str, deadlines: Sequence[Row], log: Sequence[Logged]) -> Iterator[Finding]:
    """Each step of a deadline was told exactly once: its version counts its events, warnings and breach their own."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for event in log:
        if event.aggregate.startswith("deadline:"):
            told[event.aggregate][event.type.split(NESTED)[2]] += 1
    for row in deadlines:
        steps = told.pop(f"deadline:{row['id']}", Counter())
        shown = {"warned": row["warnings"], "breached": int(row["breached_at"] is not None)}
        differing = [
            f"{step} {steps[step]} × for {wanted}" for step, wanted in shown.items() if steps[step] != wanted
        ]
        if steps.total() != row["version"]:
            differing.append(f"{steps.total()} events for version {row['version']}")
        if differing:
            fewer = steps.total() < row["version"]
            kind = Kind.LOST if fewer else Kind.DOUBLED
            yield Finding(kind, f"{service} deadline {row['id']}: {', '.join(differing)}", [row])
    for aggregate in told:
        yield Finding(Kind.PHANTOM, f"{service}: {aggregate} was told of and has no row")


def directory_matches(
    service: str, table: str, rows: Sequence[Row], newest: Mapping[str, Told]
) -> Iterator[Finding]:
    """What a service keeps of organisations and staff is what the registry told last."""
    key, fields = next((key, fields) for name, key, fields in DIRECTORY if name == table)
    record = Record(service, table, key, table, fields)
    for finding in rows_match(record, rows, newest):
        yield Finding(Kind.PHANTOM, finding.says, finding.rows) if _is_unheard(finding) else finding


def compared(name: str, kept: Mapping[str, Row], told: Mapping[str, Row]) -> Iterator[Finding]:
    """What is kept is what was told, row by row, at the version that was told; of the facts those that are kept count."""
    for key, row in kept.items():
        wanted = told.get(key)
        if wanted is None:
            yield Finding(Kind.PHANTOM, f"{name}: nobody told of {key}", [row])
        elif row.get("version") != wanted.get("version", row.get("version")):
            kind = Kind.LOST if row["version"] < wanted["version"] else Kind.PHANTOM
            says = f"{name}: {key} is at version {row['version']}, told up to {wanted['version']}"
            yield Finding(kind, says, [row])
        else:
            yield from _facts_alike(name, key, row, wanted)
    for key, wanted in told.items():
        if key not in kept:
            yield Finding(Kind.LOST, f"{name}: {key} was told of and has no row", [wanted])


def _facts_alike(name: str, key: str, row: Row, wanted: Row) -> Iterator[Finding]:
    for fact, value in row.items():
        if not _equal(value, wanted.get(fact)):
            kind = Kind.DOUBLED if fact == TIMES and value < wanted[TIMES] else Kind.DIFFERS
            says = f"{name}: {fact} is {value!r}, told was {wanted.get(fact)!r}"
            yield Finding(kind, says, [{"row": key, **row}])


def _is_unheard(finding: Finding) -> bool:
    """A projected row of which nobody tells is not a lost event but an invented row."""
    return finding.kind is Kind.LOST and "no event tells of" in finding.says


def _alike(where: str, fields: Mapping[str, str], row: Row, told: Told) -> Iterator[Finding]:
    for column, path in fields.items():
        wanted = _at(told.data, path)
        if not _equal(row[column], wanted):
            says = f"{where}: {column} is {row[column]!r}, told was {wanted!r}"
            yield Finding(Kind.DIFFERS, says, [{"aggregate": told.aggregate, "version": told.version}])


def _at(data: Mapping[str, Any], path: str) -> Any:
    value: Any = data
    for name in path.split(NESTED):
        value = value[name]
    return value


def _equal(kept: Any, told: Any) -> bool:
    """Tell whether two JSON values say the same: moments in any zone, lists of keys in any order."""
    if kept == told:
        return True
    if isinstance(kept, str) and isinstance(told, str):
        try:
            return datetime.fromisoformat(kept) == datetime.fromisoformat(told)
        except (ValueError, TypeError):
            return False
    if isinstance(kept, list) and isinstance(told, list):
        return len(kept) == len(told) and all(_covers(one, told) for one in kept)
    return False


def _covers(one: Any, told: Sequence[Any]) -> bool:
    """A row may keep more of an item than is told (the reason of an absence)."""
    if isinstance(one, dict):
        return any(isinstance(each, dict) and each.items() <= one.items() for each in told)
    return one in told
