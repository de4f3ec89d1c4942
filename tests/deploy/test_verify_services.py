"""What tiering, pricing, scoring, care and published law keep is held against what was told; damage is named."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from _pytest.mark.structures import ParameterSet

from contracts.subscriptions import Subscription
from deploy.instance import Instance
from deploy.story.cast import person_at
from deploy.verify.checks import inbox_matches, stream_matches
from deploy.verify.comparing import COMPARISONS
from deploy.verify.everything import verify
from deploy.verify.reading import opened
from deploy.verify.records import RECORDS
from deploy.verify.rows import Heard, Kind, Logged, Streamed
from support.busy import NATION, live
from support.damage import damaged, findings
from support.players import done, players
from support.rebuilt import rebuilt, touched

BACKWARDS = [
    "ALTER TABLE inbox ALTER COLUMN position DROP IDENTITY",
    "UPDATE inbox SET position = -position",
    "ALTER TABLE inbox ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY (START 1000000)",
]
REPLAYED = (
    "INSERT INTO replay (id, requested_by, requested_at, state) VALUES (uuidv7(), 'bootstrap', now(), 'done')"
)
SCORING_HEARD = (
    *(
        "inbox",
        "heard",
        "evidence",
        "customer_fact",
        "assignment_fact",
        "tier_fact",
        "usage_event",
        "usage_row",
    ),
    *("visit", "symposium", "report"),
)
TOLD_AGAIN = """
    INSERT INTO event_log SELECT lane, 900000000 + seq, uuidv7(), topic, key, type, aggregate, version + 100, orgpath,
      actor, correlation_id, causation_id, time, payload, day FROM event_log WHERE type = 'tiering.usage.corrected.v1'
"""


@pytest.fixture(scope="module")
async def busy(services: Instance) -> AsyncIterator[Instance]:
    """An instance at rest where every service has had something to do."""
    async with players(services) as people:
        await live(people)
    found = await findings(services, patience=30)
    assert found == [], [str(one) for one in found]
    yield services


def damage(service: str, statement: str, kind: Kind, place: str) -> ParameterSet:
    return pytest.param(service, [statement], kind, place, id=f"{kind}: {statement[:70]}")


DAMAGE = [
    damage("pricing", "DELETE FROM customer_alias", Kind.LOST, "pricing customer_alias: "),
    damage(
        "service-desk",
        "UPDATE customer_alias SET survivor_id = NULL",
        Kind.DIFFERS,
        "service-desk customer_alias: survivor_id",
    ),
    damage(
        "registry",
        "UPDATE assignment SET valid_to = valid_to + 1",
        Kind.DIFFERS,
        "registry assignment: valid_to",
    ),
    damage(
        "registry", "UPDATE assignment SET credit = '[]'", Kind.DIFFERS, "registry assignment: credit is []"
    ),
    damage(
        "registry", "UPDATE customer SET group_id = NULL", Kind.DIFFERS, "registry customer: group_id is None"
    ),
    damage("registry", "UPDATE visit SET kind = 'festival'", Kind.DIFFERS, "registry visit: kind"),
    damage("registry", "UPDATE visit SET version = version + 1", Kind.LOST, "registry visit: the row is at"),
    damage("registry", "DELETE FROM symposium", Kind.LOST, "registry symposium: symposium:"),
    damage(
        "registry",
        "DELETE FROM event_log WHERE type = 'registry.symposium.held.v1'",
        Kind.LOST,
        "0 × registry.symposium.held.v1",
    ),
    damage(
        "registry", "UPDATE dispute SET award = NULL", Kind.DIFFERS, "registry dispute: award is [], told was"
    ),
    damage("registry", "DELETE FROM dispute", Kind.LOST, "registry dispute: dispute:"),
    damage(
        "registry", "UPDATE market_group SET members = 0", Kind.DIFFERS, "registry market_group: members is 0"
    ),
    damage(
        "service-desk",
        "UPDATE compensation SET above_limit = false",
        Kind.DIFFERS,
        "service-desk compensation: above_limit",
    ),
    damage(
        "service-desk",
        "UPDATE liability SET state = 'assigned'",
        Kind.DIFFERS,
        "service-desk liability: state",
    ),
    damage(
        "service-desk",
        "UPDATE emergency SET ended_at = NULL",
        Kind.DIFFERS,
        "service-desk emergency: ended_at",
    ),
    damage(
        "service-desk",
        "UPDATE contact_meeting SET occasion = 'new-demand'",
        Kind.DIFFERS,
        "service-desk contact_meeting: occasion",
    ),
    # A link that is gone the desk would find and tell anew.
    damage(
        "service-desk",
        "UPDATE complaint_repeat SET earlier_id = complaint_id",
        Kind.DIFFERS,
        "service-desk complaint_repeat: repeats",
    ),
    damage("service-desk", "UPDATE seat SET state = 'revoked'", Kind.DIFFERS, "service-desk seat: state"),
    damage(
        "registry",
        "INSERT INTO rule_wording SELECT rule, in_force + 1, recorded, wording, version + 1 FROM rule_wording",
        Kind.PHANTOM,
        "registry rule_wording: nobody told of hubei.symposia",
    ),
    damage("tiering", "DELETE FROM rule_wording", Kind.LOST, "tiering rule_wording: hubei.symposia"),
    damage(
        "pricing",
        """UPDATE rule_wording SET wording = wording || '{"article": "1"}'""",
        Kind.DIFFERS,
        "pricing rule_wording: wording",
    ),
    damage(
        "scoring",
        "UPDATE calendar_day SET workday = NOT workday WHERE day = '2034-01-01'",
        Kind.DIFFERS,
        "scoring calendar_day: workday",
    ),
    damage(
        "console",
        "DELETE FROM calendar_day WHERE day = '2034-12-31'",
        Kind.LOST,
        "console calendar_day: 2034-12-31",
    ),
    damage(
        "service-desk",
        "UPDATE calendar_day SET version = version - 1",
        Kind.LOST,
        "service-desk calendar_day: 2034-01-01 is at version 0",
    ),
    damage(
        "tiering",
        "UPDATE usage SET revenue = revenue + 0.01 WHERE current",
        Kind.DIFFERS,
        "tiering usage: revenue",
    ),
    damage(
        "tiering",
        "UPDATE usage SET revenue = revenue + 0.01 WHERE current",
        Kind.DIFFERS,
        "tiering usage of months: revenue",
    ),
    damage("tiering", "DELETE FROM usage WHERE current", Kind.LOST, "tiering usage: "),
    damage("tiering", "UPDATE usage SET current = NOT current", Kind.DIFFERS, "tiering usage: current"),
    damage(
        "tiering",
        "INSERT INTO usage SELECT customer_id, 'ems', month, 1, true, revenue, pieces, weight_kg, org_id, NULL, NULL,"
        " recorded FROM usage LIMIT 1",
        Kind.PHANTOM,
        "tiering usage: nobody told of",
    ),
    damage(
        "tiering",
        "UPDATE usage_sum SET fees = fees + 0.01",
        Kind.DIFFERS,
        "tiering sums of years: fees",
    ),
    damage("tiering", TOLD_AGAIN, Kind.DOUBLED, "tiering usage: times is 1, told was 2"),
    damage(
        "tiering",
        "UPDATE usage_file SET refused_rows = 0",
        Kind.DIFFERS,
        "tiering usage_file: refused_rows",
    ),
    damage(
        "tiering",
        "UPDATE usage_file SET loaded_rows = loaded_rows + 1",
        Kind.DIFFERS,
        "tiering usage of files: loaded_rows",
    ),
    damage(
        "tiering",
        "UPDATE usage_month SET version = version + 1 WHERE version > 0",
        Kind.LOST,
        "tiering usage_month: the row is at",
    ),
    damage(
        "tiering",
        "UPDATE tier SET class = 4 WHERE basis IN ('review', 'correction')",
        Kind.DIFFERS,
        "tiering tier: class",
    ),
    damage(
        "tiering",
        "DELETE FROM tier WHERE basis = 'registration'",
        Kind.LOST,
        "tiering tier of every version: ",
    ),
    damage("tiering", "UPDATE review SET changed = changed + 1", Kind.DIFFERS, "tiering review: changed is"),
    damage(
        "tiering",
        "UPDATE review SET changed = changed + 1",
        Kind.DIFFERS,
        "tiering review and its classes: changed",
    ),
    damage("tiering", "DELETE FROM review", Kind.LOST, "tiering review: review:"),
    damage(
        "tiering",
        "INSERT INTO tier SELECT customer_id, valid_from, recorded + interval '1 second', org_id, scheme, tier, 1, 1,"
        " basis, review_id, because, version FROM tier WHERE basis = 'review'",
        Kind.DIFFERS,
        "tiering tier that a review confirmed: class",
    ),
    damage(
        "tiering",
        "UPDATE usage_month SET missing_told_at = filed_at WHERE filed_at IS NOT NULL",
        Kind.LOST,
        "0 × tiering.usage-file.missing.v1",
    ),
    damage(
        "tiering",
        "UPDATE report SET filed_with_province = true",
        Kind.DIFFERS,
        "tiering report: filed_with_province",
    ),
    damage(
        "tiering",
        "DELETE FROM event_log WHERE type = 'tiering.report.filed.v1'",
        Kind.LOST,
        "0 × tiering.report.filed.v1",
    ),
    damage("tiering", "UPDATE customer SET place_class = 'X'", Kind.DIFFERS, "tiering customer: place_class"),
    damage("tiering", "DELETE FROM customer", Kind.LOST, "tiering customer: "),
    damage(
        "tiering",
        "UPDATE agreement SET settlement_days = 99",
        Kind.DIFFERS,
        "tiering agreement: settlement_days",
    ),
    damage("tiering", "DELETE FROM arrears", Kind.LOST, "tiering arrears: "),
    damage(
        "pricing",
        "UPDATE tariff_request SET state = 'approved'",
        Kind.DIFFERS,
        "pricing tariff_request: state",
    ),
    damage(
        "pricing",
        "DELETE FROM event_log WHERE type = 'pricing.tariff.requested.v1'",
        Kind.LOST,
        "0 × pricing.tariff.requested.v1",
    ),
    damage("pricing", "DELETE FROM tariff_open", Kind.LOST, "pricing open lines: "),
    damage("pricing", "DELETE FROM agreement", Kind.LOST, "pricing agreement: agreement:"),
    damage(
        "pricing",
        "UPDATE agreement SET ends_on = '2099-01-01'",
        Kind.DIFFERS,
        "pricing agreement: last_day",
    ),
    damage(
        "pricing",
        "UPDATE account SET oldest_due_on = oldest_due_on + 1",
        Kind.DIFFERS,
        "pricing account: oldest_due_on",
    ),
    damage(
        "pricing",
        "UPDATE account SET credit_state = 'normal'",
        Kind.DIFFERS,
        "pricing account credit: credit_state",
    ),
    damage("pricing", "DELETE FROM bill", Kind.PHANTOM, "pricing account and its bills: nobody told of"),
    damage(
        "pricing",
        "UPDATE bill SET settled = settled + 0.01",
        Kind.DIFFERS,
        "pricing bill and its settlements: settled",
    ),
    damage(
        "pricing", "UPDATE customer SET manager_id = uuidv7()", Kind.DIFFERS, "pricing customer: manager_id"
    ),
    damage(
        "pricing",
        "UPDATE customer_class SET valid_from = valid_from + 1",
        Kind.DIFFERS,
        "pricing customer_class: valid_from",
    ),
    damage(
        "service-desk",
        "UPDATE customer SET service_class = 4 WHERE tier_version > 0",
        Kind.DIFFERS,
        "service-desk service_class: service_class",
    ),
    damage("scoring", "UPDATE score SET rank = 99", Kind.DIFFERS, "scoring score: rank"),
    damage(
        "scoring",
        "UPDATE score SET body = body || convert_to(' ', 'UTF8')",
        Kind.DIFFERS,
        "scoring score: sealed",
    ),
    damage("scoring", "DELETE FROM notice", Kind.LOST, "scoring notice: notice:"),
    damage(
        "scoring",
        "DELETE FROM evidence WHERE type = 'registry.visit.recorded.v1'",
        Kind.LOST,
        "scoring evidence of registry: ",
    ),
    damage(
        "scoring",
        """UPDATE evidence SET data = data || '{"month": "2001-01"}' WHERE type = 'tiering.usage.recorded.v1'""",
        Kind.DIFFERS,
        "scoring evidence of tiering: content",
    ),
    damage(
        "scoring",
        "INSERT INTO evidence SELECT uuidv7(), source, type, time, subject, orgpath, aggregate, version, actor, data"
        " FROM evidence WHERE type = 'tiering.tier.changed.v1'",
        Kind.PHANTOM,
        "scoring evidence of tiering: nobody told of",
    ),
    damage(
        "scoring",
        "UPDATE usage_row SET revenue = revenue - 0.01",
        Kind.DIFFERS,
        "scoring usage of months: revenue",
    ),
    damage(
        "scoring",
        "UPDATE assignment_fact SET credit = NULL",
        Kind.DIFFERS,
        "scoring assignment_fact: credit is None",
    ),
    damage(
        "scoring",
        "UPDATE assignment_fact SET credited = '{}' WHERE credited IS NOT NULL",
        Kind.DIFFERS,
        "scoring assignment_fact: credited is []",
    ),
    damage("scoring", "UPDATE usage_row SET version = 7", Kind.PHANTOM, "scoring usage_row: "),
    *(
        damage("scoring", f"DELETE FROM {table}", Kind.LOST, f"scoring {table}: ")
        for table in (
            *("customer_fact", "assignment_fact", "tier_fact", "usage_event", "visit", "symposium", "report"),
        )
    ),
    pytest.param(
        "tiering", BACKWARDS, Kind.REORDERED, "tiering inbox", id="heard backwards, nothing was replayed"
    ),
]


@pytest.mark.parametrize(("service", "statements", "kind", "place"), DAMAGE)
async def test_planted_damage_is_found_by_name(
    busy: Instance, service: str, statements: list[str], kind: Kind, place: str
) -> None:
    async with damaged(busy, service, *statements):
        found = await findings(busy)
    named = [one for one in found if one.kind is kind and place in one.says]
    assert named, [str(one) for one in found][:5]
    assert any(one.rows for one in named)


async def test_heard_backwards_is_in_order_where_the_source_told_its_log_again(busy: Instance) -> None:
    async with damaged(busy, "registry", REPLAYED), damaged(busy, "service-desk", *BACKWARDS):
        found = await findings(busy)
    assert [str(one) for one in found if "service-desk inbox" in one.says and "customer:" in one.says] == []


async def test_what_another_source_told_again_excuses_nothing(busy: Instance) -> None:
    async with damaged(busy, "pricing", REPLAYED), damaged(busy, "service-desk", *BACKWARDS):
        found = await findings(busy)
    assert any(one.kind is Kind.REORDERED and "service-desk inbox" in one.says for one in found)


@pytest.mark.parametrize("service", ["scoring", "pricing", "tiering", "service-desk", "console"])
async def test_made_once_more_of_everything_that_happens_a_projection_is_the_same(
    busy: Instance, service: str
) -> None:
    async with players(busy) as people:
        administrator = await person_at(people.cast.officer.house, NATION, "administrator")
        assert touched(await rebuilt(administrator, service)) == {}


async def test_a_consumer_that_lost_everything_and_heard_all_logs_again_is_in_order(busy: Instance) -> None:
    forget = [f"DELETE FROM {table}" for table in SCORING_HEARD]
    sources = ("registry", "tiering", "scoring")
    async with AsyncExitStack() as stack:
        for service in sources:
            await stack.enter_async_context(damaged(busy, service, "TABLE replay"))
        await stack.enter_async_context(damaged(busy, "scoring", *forget))
        assert any(one.kind is Kind.LOST and "scoring inbox" in one.says for one in await findings(busy))
        async with players(busy) as people:
            administrator = await person_at(people.cast.officer.house, NATION, "administrator")
            for service in sources:
                await done(administrator.post(f"/api/{service}/v1/replays", {}))
        found = await findings(busy, patience=60)
    assert found == [], [str(one) for one in found][:5]


def logged(version: int) -> Logged:
    return Logged(
        uuid4(), "keypost.registry", "registry.customer.changed.v1", "customer:1", version, 1, "k", True, 0
    )


def heard(row: Logged, position: int) -> Heard:
    return Heard(row.event_id, "/keypost/registry", row.type, row.aggregate, row.version, position)


HEARS = Subscription(frozenset({"keypost.registry"}), None)
REGISTRY = frozenset({"/keypost/registry"})


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


async def test_no_check_of_rows_looks_at_nothing(busy: Instance) -> None:
    outcomes = (await verify(busy, 30)).outcomes
    names = {f"{one.service} {one.table}" for one in RECORDS} | {one.name for one in COMPARISONS}
    looked_at = {outcome.check: outcome.looked_at for outcome in outcomes}
    assert names <= set(looked_at)
    assert {name for name in names if not looked_at[name]} <= {"tiering usage_month missing"}


async def test_every_aggregate_in_a_log_has_its_record(busy: Instance) -> None:
    async with opened(busy) as reader:
        states = await reader.state()
    told = {
        (service, row.aggregate.partition(":")[0]) for service, state in states.items() for row in state.log
    }
    compared = {("registry", "rule"), ("registry", "calendar")} | {
        (service, "deadline") for service in states
    }
    assert told - compared - {(one.service, one.aggregate) for one in RECORDS} == set()
