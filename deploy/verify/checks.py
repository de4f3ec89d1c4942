"""Checks of one log, one consumer, one stream: pure functions over rows."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from itertools import pairwise
from typing import Protocol, TypeVar
from uuid import UUID

from contracts.subscriptions import Subscription
from deploy.verify.rows import Finding, Heard, Kind, Logged, Parked, Streamed


class OfAggregate(Protocol):
    """A row that says of which event of which record it is."""

    @property
    def event_id(self) -> UUID: ...
    @property
    def aggregate(self) -> str: ...
    @property
    def version(self) -> int: ...


R = TypeVar("R", bound=OfAggregate)
P = TypeVar("P", Heard, Streamed)


def log_is_whole(service: str, log: Sequence[Logged]) -> Iterator[Finding]:
    """Every record's versions are 1, 2, … n, each once, written in this order under one key."""
    yield from _each_id_once(f"{service} log", log)
    for aggregate, rows in _by_aggregate(log):
        rows.sort(key=lambda row: (row.version, row.seq))
        for version, count in Counter(row.version for row in rows).items():
            if count > 1:
                doubled = [row for row in rows if row.version == version]
                yield Finding(
                    Kind.DOUBLED, f"{service} log: {aggregate} has version {version} {count} times", doubled
                )
        held = {row.version for row in rows}
        missing = sorted(set(range(1, max(held) + 1)) - held)
        if missing:
            yield Finding(Kind.LOST, f"{service} log: {aggregate} lacks versions {missing}", rows)
        for earlier, later in pairwise(rows):
            if earlier.version < later.version and earlier.seq > later.seq:
                yield Finding(
                    Kind.REORDERED,
                    f"{service} log: {aggregate} wrote version {later.version} before {earlier.version}",
                    [earlier, later],
                )
        if len({row.key for row in rows}) > 1:
            yield Finding(Kind.REORDERED, f"{service} log: {aggregate} has more than one key", rows)


def nothing_waits(service: str, log: Sequence[Logged], patience: float) -> Iterator[Finding]:
    """No event has waited in the outbox for longer than the patience, in seconds."""
    for row in log:
        if not row.published and row.waiting >= patience:
            yield Finding(Kind.LATE, f"{service} outbox: unpublished for {row.waiting:.0f} s", [row])


def inbox_matches(
    consumer: str,
    subscription: Subscription,
    logs: Sequence[Logged],
    inbox: Sequence[Heard],
    replayed: Set[str] = frozenset(),
) -> Iterator[Finding]:
    """A consumer has heard every published event of its types, nothing else, and each record's in order.

    Of sources that told their log again it may have heard both at once: there the order says nothing.
    """
    told = {row.event_id: row for row in logs if subscription.hears(row.topic, row.type)}
    heard = {row.event_id: row for row in inbox}
    yield from _each_id_once(f"{consumer} inbox", inbox)
    for event_id, row in told.items():
        if row.published and event_id not in heard:
            yield Finding(Kind.LOST, f"{consumer} inbox: a published event was not heard", [row])
    for event_id, entry in heard.items():
        source = told.get(event_id)
        if source is None:
            yield Finding(Kind.PHANTOM, f"{consumer} inbox: no log has this event for it", [entry])
        elif (source.aggregate, source.version, source.type) != (entry.aggregate, entry.version, entry.type):
            yield Finding(Kind.DIFFERS, f"{consumer} inbox: not as its source tells it", [source, entry])
    yield from _in_order(f"{consumer} inbox", inbox, replayed)


def stream_matches(
    subscription: Subscription,
    logs: Sequence[Logged],
    stream: Sequence[Streamed],
    replayed: Set[str] = frozenset(),
) -> Iterator[Finding]:
    """The console's log has each event of all services once, each record's in order, positions without gaps.

    The order of sources that told their log again says nothing, as in an inbox.
    """
    told = {row.event_id: row for row in logs if subscription.hears(row.topic, row.type)}
    streamed = {row.event_id for row in stream}
    yield from _each_id_once("console stream", stream)
    for event_id, row in told.items():
        if row.published and event_id not in streamed:
            yield Finding(Kind.LOST, "console stream: a published event is not in it", [row])
    for entry in stream:
        if entry.event_id not in told:
            yield Finding(Kind.PHANTOM, "console stream: no log has this event", [entry])
    yield from _in_order("console stream", stream, replayed)
    for earlier, later in pairwise(sorted(stream, key=lambda row: row.position)):
        if later.position != earlier.position + 1:
            yield Finding(Kind.LOST, "console stream: a position is missing", [earlier, later])


def nothing_is_parked(consumer: str, parked: Sequence[Parked]) -> Iterator[Finding]:
    """No consumer has set a record aside."""
    for row in parked:
        yield Finding(Kind.PARKED, f"{consumer}: a record waits for a release", [row])


def audit_verifies(service: str, broken_blocks: Sequence[int]) -> Iterator[Finding]:
    """The chain of sealed audit blocks is whole."""
    for block in broken_blocks:
        yield Finding(Kind.BROKEN, f"{service} audit: block {block} does not verify", [{"block": block}])


def one_holder_each(claims: Sequence[dict[str, object]]) -> Iterator[Finding]:
    """No two live claims are on one line of one customer."""
    held: dict[Hashable, list[dict[str, object]]] = defaultdict(list)
    for row in claims:
        held[row["customer_id"], row["line"]].append(row)
    for rows in held.values():
        if len(rows) > 1:
            yield Finding(Kind.TWO_HOLDERS, f"registry claims: {len(rows)} are live at once", rows)


def _each_id_once(where: str, rows: Sequence[R]) -> Iterator[Finding]:
    for event_id, count in Counter(row.event_id for row in rows).items():
        if count > 1:
            doubled = [row for row in rows if row.event_id == event_id]
            yield Finding(Kind.DOUBLED, f"{where}: one event {count} times", doubled)


def _in_order(where: str, rows: Sequence[P], replayed: Set[str]) -> Iterator[Finding]:
    for aggregate, own in _by_aggregate(rows):
        own.sort(key=_by_version if own[0].source in replayed else _by_position)
        for earlier, later in pairwise(own):
            if later.version <= earlier.version and later.event_id != earlier.event_id:
                kind = Kind.DOUBLED if later.version == earlier.version else Kind.REORDERED
                says = f"{where}: {aggregate} version {later.version} came behind {earlier.version}"
                yield Finding(kind, says, [earlier, later])


def _by_position(row: Heard | Streamed) -> tuple[int, int]:
    return row.position, 0


def _by_version(row: Heard | Streamed) -> tuple[int, int]:
    return row.version, row.position


def _by_aggregate(rows: Iterable[R]) -> Iterator[tuple[str, list[R]]]:
    """Where rows of several services meet, each has its source: a name is unique in one service only."""
    found: dict[tuple[str, str], list[R]] = defaultdict(list)
    for row in rows:
        found[getattr(row, "source", ""), row.aggregate].append(row)
    for (_, aggregate), own in found.items():
        yield aggregate, own
