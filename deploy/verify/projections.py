"""Checks of what follows from the logs: state tables beside their own events, projections beside those of others."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.verify.rows import Finding, Kind, Logged, Row, Told

NESTED = "."


@dataclass(frozen=True)
class Record:
    """A table whose rows are told of by events: its key, its aggregate's kind and the fields that both must share.

    `fields` maps a column to the path in the event's data. `once` are event types that each row has exactly one of.
    """

    service: str
    table: str
    key: str
    aggregate: str
    fields: Mapping[str, str]
    once: Sequence[str] = ()

    @property
    def columns(self) -> list[str]:
        """The columns to read."""
        return list(dict.fromkeys((self.key, "version", *self.fields)))


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


ORGANISATION = _same(
    *("parent_id", "kind", "name", "name_en", "division", "place_class", "orgpath", "adoptions"),
    *("successor_id", "valid_from", "valid_to"),
)
STAFF = _same("staff_no", "name", "org_id", "roles", "deputy_id", "absences", "active")
DIRECTORY: Sequence[tuple[str, str, Mapping[str, str]]] = (
    ("organisation", "org_id", ORGANISATION),
    ("staff", "staff_id", STAFF),
)
RECORDS: Sequence[Record] = (
    *(Record("registry", table, key, table, fields) for table, key, fields in DIRECTORY),
    Record(
        "registry",
        "customer",
        "customer_id",
        "customer",
        {
            **_same("customer_code", "credit_code", "state", "nature", "division", "place_class", "vip"),
            **_same(
                "industry", "importance", "importance_level", "initial_class", "manager_id", "phone_keys"
            ),
            **_same("supports"),
            "org_id": "responsible.org_id",
            "filed_on": "file.filed_on",
            "filed_with_province_on": "file.filed_with_province_on",
            "file_completeness": "file.completeness",
        },
    ),
    Record(
        "registry",
        "visit",
        "visit_id",
        "visit",
        _same("customer_id", "org_id", "level", "staff_id", "kind", "leader", "visited_on", "state"),
    ),
    Record(
        "registry",
        "symposium",
        "symposium_id",
        "symposium",
        _same("org_id", "held_on", "customers"),
        ("registry.symposium.held.v1",),
    ),
    Record(
        "registry",
        "declaration",
        "declaration_id",
        "declaration",
        _same("state", "org_id", "city_org_id", "customer_id", "submitted_by", "lines", "reasons"),
        ("registry.declaration.submitted.v1",),
    ),
    Record(
        "registry",
        "claim",
        "claim_id",
        "claim",
        _same("state", "org_id", "customer_id", "declaration_id", "line", "since", "until"),
        ("registry.claim.granted.v1",),
    ),
    Record(
        "registry",
        "assignment",
        "customer_id",
        "assignment",
        {**_same("manager_id", "supports", "valid_from"), "org_id": "responsible.org_id"},
    ),
    Record(
        "service-desk",
        "complaint",
        "id",
        "complaint",
        {
            **_same("case_no", "state", "cycle", "level", "channel", "category", "cause", "link", "org_id"),
            **_same("customer_id", "satisfaction", "received_at"),
            "first_responder_org_id": "first_responder.org_id",
            "handler_org_id": "handler.org_id",
        },
        ("service-desk.complaint.received.v1",),
    ),
    Record(
        "service-desk",
        "compensation",
        "id",
        "compensation",
        {
            **_same("case_no", "state", "channel", "cause", "above_limit", "complaint_case_no", "org_id"),
            **_same("customer_id", "received_at"),
            "first_responder_org_id": "first_responder.org_id",
        },
        ("service-desk.compensation.filed.v1",),
    ),
)


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


def customers_match(
    rows: Sequence[Row], newest: Mapping[str, Told], placing: Mapping[str, Told]
) -> Iterator[Finding]:
    """The desk's customers are as the registry told them last; unit and manager by the newest of both that tell them."""
    where = "service-desk customer"
    known = {str(row["customer_id"]): row for row in rows}
    for customer_id, row in known.items():
        told = newest.get(f"customer:{customer_id}")
        if told is None and customer_id not in placing:
            yield Finding(Kind.PHANTOM, f"{where}: nobody told of {customer_id}", [row])
        if told is not None:
            if row["registry_version"] != told.version:
                says = f"{where}: at version {row['registry_version']}, told up to {told.version}"
                yield Finding(Kind.LOST, says, [row, told])
            yield from _alike(where, DESK_CUSTOMER, row, told)
        if customer_id in placing:
            yield from _alike(where, DESK_PLACE, row, placing[customer_id])
    for aggregate, told in newest.items():
        if aggregate.partition(":")[2] not in known:
            yield Finding(Kind.LOST, f"{where}: {aggregate} has no row", [told])


DESK_CUSTOMER = {
    "code": "customer_code",
    **_same("name", "credit_code", "state", "initial_class", "vip", "division", "phone_keys"),
}
DESK_PLACE = {"responsible_org_id": "responsible.org_id", "manager_id": "manager_id"}


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
