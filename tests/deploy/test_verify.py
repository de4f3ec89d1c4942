"""Damage of every kind, planted in the databases of a running instance, is found by its name and its place."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from deploy.instance import Instance
from deploy.verify.__main__ import tell
from deploy.verify.checks import nothing_waits
from deploy.verify.everything import verify
from deploy.verify.rows import Kind, Logged
from support.damage import damaged, findings, superuser
from support.players import eventually, players

SOME_CLAIM = "(SELECT aggregate FROM event_log WHERE type = 'registry.claim.granted.v1' LIMIT 1)"
TWO_OF_A_STEPPED = (
    "aggregate = (SELECT aggregate FROM event_log WHERE version = 2 AND aggregate ^@ 'declaration' LIMIT 1)"
)


@pytest.fixture(scope="module")
async def lived_in(services: Instance) -> AsyncIterator[Instance]:
    """An instance at rest where a customer was registered and looked at, and a complaint taken."""
    async with players(services) as people:
        customer = await people.register()
        await eventually(lambda: people.look_up(customer.firm.phone), lambda found: found["match"] == "one")
        await people.complain(customer.firm.phone)
        await people.cast.officer.get(f"/api/registry/v1/customers/{customer.code}")
    await _sealed(services)
    found = await findings(services, patience=120)
    assert found == [], [str(one) for one in found]
    yield services


async def _sealed(instance: Instance) -> None:
    """The look at the customer's phones is in a sealed block."""
    connection = await superuser(instance, "registry")

    async def blocks() -> int:
        count: int = await connection.fetchval("SELECT count(*) FROM audit_seal")
        return count

    assert await eventually(blocks, bool) > 0
    await connection.close()


DAMAGE = [
    pytest.param(
        "registry",
        ["DELETE FROM event_log WHERE type = 'registry.claim.granted.v1'"],
        Kind.LOST,
        "registry claim",
        id="an event deleted from the log, its row kept",
    ),
    pytest.param(
        "registry",
        [f"DELETE FROM event_log WHERE version = 1 AND {TWO_OF_A_STEPPED}"],
        Kind.LOST,
        "lacks versions [1]",
        id="a version missing in the middle of a record",
    ),
    pytest.param(
        "tiering",
        ["DELETE FROM inbox WHERE event_id = (SELECT event_id FROM inbox LIMIT 1)"],
        Kind.LOST,
        "tiering inbox",
        id="an event that a consumer never heard",
    ),
    pytest.param(
        "console",
        ["DELETE FROM stream_log WHERE position = (SELECT max(position) FROM stream_log)"],
        Kind.LOST,
        "console stream",
        id="an event that the stream does not show",
    ),
    pytest.param(
        "registry",
        [f"DELETE FROM claim WHERE 'claim:' || claim_id = {SOME_CLAIM}"],
        Kind.LOST,
        "has no row",
        id="a row deleted, its events kept",
    ),
    pytest.param(
        "service-desk",
        ["DELETE FROM event_log WHERE type = 'service-desk.complaint.received.v1'"],
        Kind.LOST,
        "0 × service-desk.complaint.received.v1",
        id="a complaint that nothing told of",
    ),
    pytest.param(
        "registry",
        ["UPDATE deadline SET version = version + 1"],
        Kind.LOST,
        "registry deadline",
        id="a deadline's step without its event",
    ),
    pytest.param(
        "scoring",
        [
            "INSERT INTO inbox (consumer, event_id, source, type, aggregate, version)"
            " SELECT 'scoring', uuidv7(), source, type, 'staff:nobody', 1 FROM inbox LIMIT 1"
        ],
        Kind.PHANTOM,
        "scoring inbox",
        id="an inbox entry of which no log knows",
    ),
    pytest.param(
        "console",
        [
            "INSERT INTO stream_log SELECT position - 1, uuidv7(), source, type, time, subject, sequence, 'claim:none',"
            " 1, orgpath, actor, correlation_id, causation_id, data FROM stream_log"
            " WHERE position = (SELECT min(position) FROM stream_log)"
        ],
        Kind.PHANTOM,
        "console stream",
        id="an invented event on the stream",
    ),
    pytest.param(
        "pricing",
        [
            "INSERT INTO staff SELECT uuidv7(), '99999999', name, org_id, roles, NULL, absences, active, 1"
            " FROM staff LIMIT 1"
        ],
        Kind.PHANTOM,
        "pricing staff",
        id="a person that the registry never told of",
    ),
    pytest.param(
        "registry",
        ["UPDATE claim SET version = version - 1 WHERE version > 1"],
        Kind.PHANTOM,
        "registry claim",
        id="an event ahead of its row",
    ),
    pytest.param(
        "registry",
        [
            "INSERT INTO event_log SELECT lane, 900000000 + seq, uuidv7(), topic, key, type, aggregate, version, orgpath,"
            " actor, correlation_id, causation_id, time, payload, day FROM event_log"
            " WHERE type = 'registry.customer.registered.v1' LIMIT 1"
        ],
        Kind.DOUBLED,
        "registry log",
        id="the same step told twice under two ids",
    ),
    pytest.param(
        "registry",
        [
            "INSERT INTO event_log SELECT lane, 900000000 + seq, event_id, topic, key, type, aggregate, version, orgpath,"
            " actor, correlation_id, causation_id, time, payload, day FROM event_log LIMIT 1"
        ],
        Kind.DOUBLED,
        "one event 2 times",
        id="one event twice in the log",
    ),
    pytest.param(
        "registry",
        [f"UPDATE event_log SET version = 3 - version WHERE version < 3 AND {TWO_OF_A_STEPPED}"],
        Kind.REORDERED,
        "registry log",
        id="two versions swapped in the log",
    ),
    pytest.param(
        "service-desk",
        [
            "ALTER TABLE inbox ALTER COLUMN position DROP IDENTITY",
            "UPDATE inbox SET position = -position",
            "ALTER TABLE inbox ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY (START 1000000)",
        ],
        Kind.REORDERED,
        "service-desk inbox",
        id="events heard in the wrong order",
    ),
    pytest.param(
        "tiering",
        ["UPDATE organisation SET name = name || '改' WHERE org_id = '420100'"],
        Kind.DIFFERS,
        "tiering organisation",
        id="a projection altered",
    ),
    pytest.param(
        "service-desk",
        ["DELETE FROM customer_phone"],
        Kind.DIFFERS,
        "service-desk customer: phone_keys",
        id="phones gone from a projection",
    ),
    pytest.param(
        "service-desk",
        ["UPDATE customer SET responsible_org_id = '420100'"],
        Kind.DIFFERS,
        "service-desk customer: responsible_org_id",
        id="a customer at the wrong unit",
    ),
    pytest.param(
        "registry",
        ["UPDATE customer SET vip = NOT vip"],
        Kind.DIFFERS,
        "registry customer: vip",
        id="a state table altered past its events",
    ),
    pytest.param(
        "registry",
        [
            "DROP INDEX claim_one_live",
            "INSERT INTO claim SELECT uuidv7(), customer_id, declaration_id, line, '420100', state, since, until,"
            " because, version FROM claim WHERE state = 'live' LIMIT 1",
        ],
        Kind.TWO_HOLDERS,
        "registry claims",
        id="two live claims on one line",
    ),
    pytest.param(
        "console",
        [
            "INSERT INTO parked (id, consumer, topic, key, headers, error, parked_at)"
            " VALUES (uuidv7(), 'console', 'keypost.registry', 'k', '[]', 'ValueError: no', now())"
        ],
        Kind.PARKED,
        "console",
        id="a record set aside",
    ),
    pytest.param(
        "registry",
        ["UPDATE audit_entry SET actor = 'somebody else'"],
        Kind.BROKEN,
        "registry audit",
        id="an audit entry changed after it was sealed",
    ),
]


@pytest.mark.parametrize(("service", "statements", "kind", "place"), DAMAGE)
async def test_planted_damage_is_found_by_name(
    lived_in: Instance, service: str, statements: list[str], kind: Kind, place: str
) -> None:
    async with damaged(lived_in, service, *statements):
        found = await findings(lived_in)
    assert [one for one in found if one.kind is kind and place in one.says], [str(one) for one in found][:5]
    assert any(one.rows for one in found if one.kind is kind and place in one.says)


@pytest.mark.parametrize(("waiting", "late"), [(29.9, False), (30.0, True)])
def test_an_event_is_late_once_it_has_waited_in_the_outbox_as_long_as_the_patience(
    waiting: float, late: bool
) -> None:
    row = Logged(
        uuid4(), "keypost.registry", "registry.staff.changed.v1", "staff:1", 1, 1, "CN", False, waiting
    )
    found = list(nothing_waits("registry", [row], 30.0))
    assert [one.kind for one in found] == ([Kind.LATE] if late else [])


def test_a_published_event_is_never_late() -> None:
    row = Logged(uuid4(), "keypost.registry", "registry.staff.changed.v1", "staff:1", 1, 1, "CN", True, 99.0)
    assert not list(nothing_waits("registry", [row], 30.0))


async def test_what_is_found_is_told_with_its_rows_and_a_failing_exit_code(
    lived_in: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    statement = "UPDATE organisation SET name = '无名' WHERE org_id = '420100'"
    async with damaged(lived_in, "scoring", statement):
        verified = await verify(lived_in, 0)
    assert tell(verified.outcomes) == 1
    told = capsys.readouterr().out
    assert "✘ scoring organisation" in told
    assert "organisation:420100" in told


async def test_a_sound_instance_is_told_in_one_line_a_check(
    lived_in: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    verified = await verify(lived_in, 30)
    assert tell(verified.outcomes) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(verified.outcomes) + 1
    assert not [line for line in lines if "✘" in line]
