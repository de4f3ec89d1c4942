"""All checks over all services of an instance."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from contracts.subscriptions import SUBSCRIPTIONS
from deploy.instance import Instance
from deploy.verify import checks, projections
from deploy.verify.comparing import COMPARISONS
from deploy.verify.reading import State, opened
from deploy.verify.records import RECORDS
from deploy.verify.registry_records import DIRECTORY
from deploy.verify.rows import Finding, Logged, Outcome

SOURCE = "/keypost/{}"


@dataclass(frozen=True)
class Verified:
    """What was found, and whether the events had all arrived before it was looked at, after how many seconds."""

    settled: bool
    waited: float
    outcomes: Sequence[Outcome]

    @property
    def clean(self) -> bool:
        """Whether nothing at all is wrong."""
        return not any(outcome.findings for outcome in self.outcomes)


async def verify(instance: Instance, patience: float) -> Verified:
    """Wait, at most so many seconds, until nothing is on its way, then read and check everything."""
    async with opened(instance) as reader:
        settled, waited = await reader.settle(patience)
        states = await reader.state()
    return Verified(settled, waited, list(all_checks(states, patience)))


def all_checks(states: Mapping[str, State], patience: float) -> Iterator[Outcome]:
    """Give what each check found."""
    log = [row for state in states.values() for row in state.log]
    replayed = frozenset(SOURCE.format(service) for service, state in states.items() if state.has_replayed)
    for service, state in states.items():
        yield _outcome(f"{service} log", len(state.log), checks.log_is_whole(service, state.log))
        waiting = sum(not row.published for row in state.log)
        yield _outcome(f"{service} outbox", waiting, checks.nothing_waits(service, state.log, patience))
        yield from _hearing(state, log, replayed)
        yield _outcome(
            f"{service} deadlines",
            len(state.deadlines),
            projections.deadlines_match(service, state.deadlines, state.log),
        )
        yield _outcome(f"{service} audit", 1, checks.audit_verifies(service, state.broken_blocks))
    yield from _records(states)
    yield from _projections(states)
    yield from _comparisons(states)
    stream = states["console"].stream
    yield _outcome(
        "console stream",
        len(stream),
        checks.stream_matches(SUBSCRIPTIONS["console"], log, stream, replayed),
    )
    claims = states["registry"].live_claims
    yield _outcome("registry live claims", len(claims), checks.one_holder_each(claims))


def _hearing(state: State, log: Sequence[Logged], replayed: Set[str]) -> Iterator[Outcome]:
    service = state.service
    found = checks.inbox_matches(service, SUBSCRIPTIONS[service], log, state.inbox, replayed)
    yield _outcome(f"{service} inbox", len(state.inbox), found)
    yield _outcome(f"{service} parked", len(state.parked), checks.nothing_is_parked(service, state.parked))


def _records(states: Mapping[str, State]) -> Iterator[Outcome]:
    for record in RECORDS:
        state = states[record.service]
        rows = state.tables[record.table]
        found = [
            *projections.rows_match(record, rows, state.newest[record.aggregate]),
            *projections.told_once(record, rows, state.log),
        ]
        yield Outcome(f"{record.service} {record.table}", len(rows), found)


def _projections(states: Mapping[str, State]) -> Iterator[Outcome]:
    registry = states["registry"]
    for service, state in states.items():
        if service == "registry":
            continue
        for table, _, _ in DIRECTORY:
            rows = state.tables[table]
            found = projections.directory_matches(service, table, rows, registry.newest[table])
            yield _outcome(f"{service} {table}", len(rows), found)


def _comparisons(states: Mapping[str, State]) -> Iterator[Outcome]:
    for one in COMPARISONS:
        keeper = states[one.kept.service]
        if one.is_within:
            looked_at, kept, told = keeper.differing[one.name]
        else:
            kept = keeper.sides[one.kept.sql]
            looked_at, told = len(kept), states[one.told.service].sides[one.told.sql]
        yield _outcome(one.name, looked_at, projections.compared(one.name, kept, told))


def _outcome(check: str, looked_at: int, found: Iterable[Finding]) -> Outcome:
    return Outcome(check, looked_at, list(found))
