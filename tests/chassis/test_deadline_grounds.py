"""Why deadlines run: the same words for many are kept once, and shown with each."""

import orjson
import pytest

from chassis import deadlines
from chassis.database import Database
from chassis.deadlines import Deadline, plan
from chassis.directory import Snapshot
from chassis.transaction import unscoped
from support.backbone import moment
from support.terms import a_term, law

SHOWN = "SELECT deadline_shape(d)->'because' FROM deadline d WHERE id = $1"


@pytest.fixture
async def snapshot(pools: Database) -> Snapshot:
    return await law(pools)


def two_alike(snapshot: Snapshot) -> list[Deadline]:
    """Give two deadlines of one sort; a term's own reasons are told apart by identity, so both share them."""
    reasons: list[object] = []
    return [plan(a_term(because=reasons), snapshot) for _ in range(2)]


async def test_two_deadlines_of_one_sort_keep_their_ground_once_and_both_show_it(
    pools: Database, snapshot: Snapshot
) -> None:
    alike = two_alike(snapshot)
    async with unscoped(pools.worker, moment()) as tx:
        await deadlines.start(tx, alike)
    assert {one.ground.digest for one in alike} == {alike[0].ground.digest}
    kept = await pools.worker.fetch(
        "SELECT because FROM deadline_ground WHERE digest = $1", alike[0].ground.digest
    )
    assert len(kept) == 1
    for one in alike:
        assert orjson.loads(await pools.worker.fetchval(SHOWN, one.id)) == one.ground.because


async def test_a_ground_that_is_kept_travels_without_its_words_and_is_shown_all_the_same(
    pools: Database, snapshot: Snapshot
) -> None:
    first, second = two_alike(snapshot)
    async with unscoped(pools.worker, moment()) as tx:
        await deadlines.start(tx, [first])
    deadlines.committed([first])
    encoded = deadlines.encode([second], "chain")
    assert orjson.loads(encoded)[0]["because"] is None
    async with unscoped(pools.worker, moment()) as tx:
        await tx.execute("SELECT start_deadlines($1::jsonb)", encoded)
    assert orjson.loads(await pools.worker.fetchval(SHOWN, second.id)) == second.ground.because


async def test_a_ground_whose_transaction_was_undone_travels_with_its_words_again(
    pools: Database, snapshot: Snapshot
) -> None:
    first, second = two_alike(snapshot)
    with pytest.raises(ZeroDivisionError):
        async with unscoped(pools.worker, moment()) as tx:
            await deadlines.start(tx, [first])
            raise ZeroDivisionError
    async with unscoped(pools.worker, moment()) as tx:
        await deadlines.start(tx, [second])
    assert orjson.loads(await pools.worker.fetchval(SHOWN, second.id)) == second.ground.because
