"""The live end of the log: who gets what, and what a slow reader costs others."""

import asyncio

import pytest

from console.hub import Hub
from console.model import Entry, Interest, interest
from contracts.refusals import InvalidValue

WUHAN = "CN.420000.420100"
EVERYTHING = Interest("CN")


def entry(position: int, orgpath: str = WUHAN, type_: str = "registry.claim.granted.v1") -> Entry:
    return Entry(position, type_, orgpath, b'{"position":%d}' % position)


def hub(**limits: int) -> Hub:
    return Hub(**{"ring": 10, "queue": 5, "portion": 2, **limits})


async def test_a_subscriber_gets_what_follows_its_joining_in_order_and_once() -> None:
    live = hub()
    await live.publish([entry(1)])
    subscriber = live.join(EVERYTHING)
    await live.publish([entry(2), entry(3)])
    await live.publish([entry(3), entry(4)])
    assert await subscriber.take(1) == entry(2).frame + entry(3).frame + entry(4).frame


@pytest.mark.parametrize(
    ("orgpath", "seen"),
    [
        (WUHAN, True),
        (f"{WUHAN}.420106", True),
        (f"{WUHAN}.420106.420106-T03", True),
        (f"{WUHAN}9", False),
        ("CN.420000", False),
        ("CN.420000.420200", False),
        ("", False),
    ],
)
def test_the_subtree_is_compared_by_whole_labels(orgpath: str, seen: bool) -> None:
    assert Interest(WUHAN).covers(entry(1, orgpath)) is seen


@pytest.mark.parametrize(
    ("patterns", "type_", "seen"),
    [
        ([], "registry.claim.granted.v1", True),
        (["*"], "registry.claim.granted.v1", True),
        (["registry.claim.*"], "registry.claim.granted.v1", True),
        (["registry.claim.*"], "registry.claims.granted.v1", False),
        (["registry.*"], "service-desk.claim.granted.v1", False),
        (["registry.claim.granted.v1"], "registry.claim.granted.v1", True),
        (["registry.claim.granted"], "registry.claim.granted.v1", False),
        (["service-desk.*", "registry.claim.granted.v1"], "registry.claim.granted.v1", True),
    ],
)
def test_a_pattern_is_a_prefix_of_whole_words_or_an_exact_type(
    patterns: list[str], type_: str, seen: bool
) -> None:
    assert interest("CN", patterns).covers(entry(1, type_=type_)) is seen


@pytest.mark.parametrize(
    "pattern", ["registry*", "*.claim.*", "registry..*", "Registry.*", "a.*.b", "％", "registry.%"]
)
def test_a_malformed_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidValue):
        interest("CN", [pattern])


async def test_a_reader_that_takes_nothing_is_closed_at_the_first_event_too_many_and_others_miss_nothing() -> (
    None
):
    live = hub(queue=5)
    stuck, healthy = live.join(EVERYTHING), live.join(EVERYTHING)
    got = b""
    for position in range(1, 6):
        await live.publish([entry(position)])
        got += await healthy.take(1)
    assert not stuck.closed
    await live.publish([entry(6)])
    got += await healthy.take(1)
    assert stuck.closed
    assert not healthy.closed
    assert got == b"".join(entry(position).frame for position in range(1, 7))


async def test_a_burst_larger_than_the_queue_closes_nobody_who_reads() -> None:
    live = hub(queue=5, portion=2)
    subscriber = live.join(EVERYTHING)
    got: list[bytes] = []

    async def read() -> None:
        while len(b"".join(got)) < len(expected):
            got.append(await subscriber.take(1))

    expected = b"".join(entry(position).frame for position in range(1, 101))
    await asyncio.gather(read(), live.publish([entry(position) for position in range(1, 101)]))
    assert b"".join(got) == expected
    assert not subscriber.closed


async def test_memory_reaches_back_as_far_as_the_ring_and_no_further() -> None:
    live = hub(ring=10)
    await live.publish([entry(position) for position in range(1, 21)])
    assert [e.position for e in live.kept_since(10) or []] == list(range(11, 21))
    assert live.kept_since(9) is None
    assert live.kept_since(20) == []


async def test_after_a_start_memory_knows_only_what_came_since() -> None:
    live = hub()
    live.start(1_000)
    assert live.kept_since(999) is None
    assert live.kept_since(1_000) == []
    await live.publish([entry(1_001)])
    assert live.kept_since(1_000) == [entry(1_001)]


async def test_a_gap_in_the_positions_is_an_error_and_not_handed_out() -> None:
    live = hub()
    subscriber = live.join(EVERYTHING)
    with pytest.raises(ValueError, match="does not follow"):
        await live.publish([entry(2)])
    assert await subscriber.take(0.01) == b""


async def test_a_hub_that_closes_ends_every_subscription() -> None:
    live = hub()
    subscriber = live.join(EVERYTHING)
    live.close()
    assert await subscriber.take(10) == b""
    assert subscriber.closed


async def test_whoever_left_is_forgotten() -> None:
    live = hub()
    subscriber = live.join(EVERYTHING)
    assert live.subscribers == 1
    live.leave(subscriber)
    live.leave(subscriber)
    assert live.subscribers == 0
