"""The sweeper: a step and its effect in the service are one, and what fails holds up nothing else and is tried again."""

from datetime import timedelta

from chassis.database import Connection, Database
from chassis.deadlines import plan
from chassis.directory import Snapshot
from chassis.settings import Settings
from chassis.sweeper import Reaction, warned
from chassis.transaction import Transaction
from contracts.refusals import Refusal
from support.backbone import eventually
from support.sweepers import DUE, ends, sweeping, until_nothing_is_due
from support.terms import MovableClock, a_term, names, start, state, steps_of, told


async def react(tx: Transaction, subject: str) -> None:
    await tx.execute("INSERT INTO reacted VALUES ($1)", subject)
    if await tx.fetchval("SELECT true FROM unready WHERE subject = $1", subject):
        raise Refusal("还不行", "not yet")


async def stumble(tx: Transaction, subject: str) -> None:
    await tx.execute("SELECT 1 / 0")


async def type_error(_tx: Transaction, subject: str) -> None:
    raise TypeError(subject)


async def reacted(root: Connection) -> set[str]:
    return {row["subject"] for row in await root.fetch("SELECT subject FROM reacted")}


async def test_a_breach_and_its_effect_in_the_service_are_one(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    planned = [ends(snapshot) for _ in range(20)]
    plain = ends(snapshot, "complaint-answer")
    await start(pools, *planned, plain)
    async with sweeping(settings, clock, 2, {"claim-end": react}):
        clock.set(DUE + timedelta(days=2))
        await until_nothing_is_due(root, clock)
    assert await reacted(root) == {one.term.subject[1] for one in planned}
    assert {str(one.id): steps_of(one) for one in planned} == await told(root, *planned)


async def test_a_warning_has_an_effect_of_its_own_where_the_service_names_one(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    warned_of, silent = plan(a_term(kind="claim-end"), snapshot), plan(a_term(kind="plain"), snapshot)
    seen: list[str] = []

    async def note(_tx: Transaction, subject: str) -> None:
        seen.append(subject)

    await start(pools, warned_of, silent)
    async with sweeping(settings, clock, 1, {"claim-end": react, warned("claim-end"): note}):
        clock.set(DUE - timedelta(minutes=5))
        await until_nothing_is_due(root, clock)
        warnings = [step for step in warned_of.steps if step["step"] == "warned"]
        assert seen == [warned_of.term.subject[1]] * len(warnings) and warnings
        assert await reacted(root) == set()
        clock.set(DUE + timedelta(days=2))
        await until_nothing_is_due(root, clock)
    assert await reacted(root) == {warned_of.term.subject[1]}
    assert len(seen) == len(warnings)


async def test_a_reaction_that_fails_holds_up_nothing_else_and_is_tried_again(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    reactions: dict[str, Reaction] = {"claim-end": react, "sql-error": stumble, "type-error": type_error}
    failing = [ends(snapshot, kind) for kind in ("claim-end", "sql-error", "type-error")]
    others = [ends(snapshot) for _ in range(10)] + [ends(snapshot, "plain")]
    await start(pools, *failing, *others)
    await root.execute("INSERT INTO unready VALUES ($1)", failing[0].term.subject[1])
    async with sweeping(settings, clock, 1, reactions):
        clock.set(DUE + timedelta(days=2))

        async def others_done() -> bool:
            return await told(root, *others) == {str(one.id): steps_of(one) for one in others}

        await eventually(others_done, "the others have fired")
        assert "breached" not in names((await told(root, failing[0]))[str(failing[0].id)])
        assert failing[0].term.subject[1] not in await reacted(root)
        await root.execute("TRUNCATE unready")

        async def first_done() -> bool:
            return failing[0].term.subject[1] in await reacted(root)

        await eventually(first_done, "the one that failed has fired")
    for one in failing[1:]:
        assert (await state(root, one))["state"] == "running"


async def test_a_row_that_cannot_be_fired_holds_up_nothing_else(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    bad = ends(snapshot, "plain")
    others = [ends(snapshot, "plain") for _ in range(30)]
    await start(pools, *others[:15], bad, *others[15:])
    await root.execute(
        """UPDATE deadline SET holder = '{"staff_id": "nobody"}', next_at = next_at - interval '1 s' WHERE id = $1""",
        bad.id,
    )
    async with sweeping(settings, clock):
        clock.set(DUE + timedelta(days=2))

        async def others_done() -> bool:
            return await told(root, *others) == {str(one.id): steps_of(one) for one in others}

        await eventually(others_done, "the others have fired")
    assert (await state(root, bad))["state"] == "running"


async def test_a_row_that_fails_when_it_is_committed_holds_up_nothing_else(
    settings: Settings, pools: Database, root: Connection, snapshot: Snapshot, clock: MovableClock
) -> None:
    bad = ends(snapshot, "plain")
    others = [ends(snapshot, "plain") for _ in range(5)]
    await start(pools, *others, bad)
    await root.execute("UPDATE deadline SET next_at = next_at - interval '1 s' WHERE id = $1", bad.id)
    await root.execute(
        f"""CREATE FUNCTION fail_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'not this one'; END $$;
        CREATE CONSTRAINT TRIGGER fail_at_the_end AFTER UPDATE OR DELETE ON deadline DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (old.id = '{bad.id}') EXECUTE FUNCTION fail_at_the_end()"""
    )
    try:
        async with sweeping(settings, clock):
            clock.set(DUE + timedelta(days=2))

            async def others_done() -> bool:
                return await told(root, *others) == {str(one.id): steps_of(one) for one in others}

            await eventually(others_done, "the others have fired")
        assert (await state(root, bad))["state"] == "running"
    finally:
        await root.execute("DROP FUNCTION fail_at_the_end CASCADE")
