"""An inbox and the stream stand in the order of the log, except for a source that was replayed."""

from uuid import uuid4

import pytest

from contracts.subscriptions import Subscription
from deploy.verify.checks import inbox_matches, stream_matches
from deploy.verify.rows import Heard, Kind, Logged, Streamed

HEARS = Subscription(frozenset({"keypost.registry"}), None)
REGISTRY = frozenset({"/keypost/registry"})


def logged(version: int) -> Logged:
    return Logged(
        uuid4(), "keypost.registry", "registry.customer.changed.v1", "customer:1", version, 1, "k", True, 0
    )


def heard(row: Logged, position: int) -> Heard:
    return Heard(row.event_id, "/keypost/registry", row.type, row.aggregate, row.version, position)


@pytest.mark.parametrize(
    ("replayed", "kinds"),
    [(frozenset(), [Kind.REORDERED]), (frozenset({"/keypost/tiering"}), [Kind.REORDERED]), (REGISTRY, [])],
)
def test_an_inbox_may_be_out_of_order_only_for_a_source_that_was_replayed(
    replayed: frozenset[str], kinds: list[Kind]
) -> None:
    log = [logged(1), logged(2), logged(3)]
    inbox = [heard(log[0], 1), heard(log[2], 2), heard(log[1], 3)]
    assert [one.kind for one in inbox_matches("tiering", HEARS, log, inbox, replayed)] == kinds


def test_two_events_of_one_version_are_doubled_replayed_or_not() -> None:
    log = [logged(1), logged(2), logged(1)]
    inbox = [heard(row, position) for position, row in enumerate(log)]
    found = list(inbox_matches("tiering", HEARS, log, inbox, REGISTRY))
    assert [one.kind for one in found] == [Kind.DOUBLED]


@pytest.mark.parametrize(("replayed", "kinds"), [(frozenset(), [Kind.REORDERED]), (REGISTRY, [])])
def test_so_may_the_consoles_stream(replayed: frozenset[str], kinds: list[Kind]) -> None:
    log = [logged(1), logged(2)]
    stream = [
        Streamed(row.event_id, "/keypost/registry", row.type, row.aggregate, row.version, position)
        for position, row in enumerate(reversed(log))
    ]
    assert [one.kind for one in stream_matches(HEARS, log, stream, replayed)] == kinds
