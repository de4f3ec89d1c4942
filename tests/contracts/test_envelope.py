"""The envelope: an event survives its way over the bus, and what is none is named."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import Event, Header, MalformedEvent, from_record, to_headers

SHANGHAI = timezone(timedelta(hours=8))
EVENT = Event(
    id=UUID("0199aaaa-0000-7000-8000-000000000001"),
    source="/keypost/registry",
    type="registry.claim.granted.v1",
    time=datetime(2026, 3, 2, 9, 0, 0, 1, tzinfo=SHANGHAI),
    subject="一个客户",
    aggregate="claim:42:a",
    version=1,
    orgpath="CN.420000",
    actor="system:registry",
    correlation_id="a-chain",
    causation_id="the-one-before",
    data={"name": "江城", "amount": "5000.00"},
    sequence=7,
)
VALUE = orjson.dumps(EVENT.data)


def without(name: str) -> list[Header]:
    return [header for header in to_headers(EVENT) if header[0] != name]


def having(name: str, value: bytes) -> list[Header]:
    return [*without(name), (name, value)]


def test_an_event_survives_its_way() -> None:
    assert from_record(to_headers(EVENT), VALUE) == EVENT
    first = replace(EVENT, causation_id=None)
    assert from_record(to_headers(first), VALUE) == first
    assert EVENT.aggregate_id == "42:a"


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)


@given(
    subject=TEXT,
    actor=TEXT,
    version=st.integers(1, 2**63 - 1),
    sequence=st.integers(0, 2**63 - 1),
    data=st.dictionaries(TEXT, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT),
)
def test_whatever_an_event_holds_survives(
    subject: str, actor: str, version: int, sequence: int, data: dict[str, Any]
) -> None:
    event = replace(
        EVENT, subject=subject, actor=actor, version=version, sequence=sequence, data=data, id=uuid4()
    )
    assert from_record(to_headers(event), orjson.dumps(data)) == event


@pytest.mark.parametrize(
    "name",
    ["ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_aggregate", "ce_aggregateversion", "ce_orgpath",
     "ce_actor", "ce_correlationid", "ce_sequence"],
)  # fmt: skip
def test_a_missing_attribute_is_named(name: str) -> None:
    with pytest.raises(MalformedEvent, match=name):
        from_record(without(name), VALUE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_id", b"42"),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2026-03-02T09:00:00"),
        ("ce_aggregateversion", b"one"),
        ("ce_aggregateversion", b"0"),
        ("ce_aggregateversion", b"-1"),
        ("ce_aggregateversion", str(2**63).encode()),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"9" * 5_000),
        ("ce_actor", b"\xff"),
        ("ce_actor", b"a\x00b"),
        ("unknown", b"\xff"),
    ],
)
def test_a_malformed_attribute_is_refused(name: str, value: bytes) -> None:
    with pytest.raises(MalformedEvent):
        from_record(having(name, value), VALUE)


def test_the_greatest_version_that_a_database_holds_is_read() -> None:
    found = from_record(having("ce_aggregateversion", str(2**63 - 1).encode()), VALUE)
    assert found.version == 2**63 - 1


@pytest.mark.parametrize("value", [None, b"", b"{", b"[]", b"5", b"null", b'"text"', b"\xff", b'{"a": NaN}'])
def test_data_is_a_json_object(value: bytes | None) -> None:
    with pytest.raises(MalformedEvent):
        from_record(to_headers(EVENT), value)


@given(st.lists(st.tuples(st.text(), st.binary() | st.none())), st.binary() | st.none())
def test_whatever_the_bytes_are_nothing_but_a_malformed_event_is_raised(
    headers: list[Any], value: bytes | None
) -> None:
    with pytest.raises(MalformedEvent):
        from_record(headers, value)


def test_an_attribute_more_than_we_know_is_passed_over() -> None:
    assert from_record([*to_headers(EVENT), ("ce_new", b"x"), ("other", b"")], VALUE) == EVENT
