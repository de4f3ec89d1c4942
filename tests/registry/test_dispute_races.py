"""Two at once over one dispute, against two processes: one of them wins, the other is told so, nothing is half done."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest_asyncio

from support.disputes import (
    LINE,
    OTHER_DIRECTOR,
    RIVAL_HEAD,
    add_people,
    contested,
    heard,
    registered,
    ruling,
)
from support.instance import Databases
from support.pair import Pair, two_registries
from support.registry import RIVAL, expect
from support.service import DIRECTOR, HEAD, MANAGER

MINE, THEIRS = "420106-T01", "420107"
ROUNDS = 3


@pytest_asyncio.fixture(scope="module")
async def pair(registry_databases: Databases) -> AsyncIterator[Pair]:
    """Two processes on a database of their own."""
    async with two_registries(registry_databases("registry")) as running:
        await add_people(running.clients[0])
        yield running


async def no_gaps(pair: Pair) -> None:
    gaps = await pair.rows(
        "SELECT aggregate FROM (SELECT aggregate, version FROM outbox UNION ALL SELECT aggregate, version FROM event_log)"
        " told GROUP BY 1 HAVING max(version) <> count(*) OR min(version) <> 1"
    )
    assert gaps == []


async def test_of_two_directors_who_rule_at_once_one_wins_and_the_other_is_told(pair: Pair) -> None:
    one, two = pair.clients
    for _ in range(ROUNDS):
        known = await registered(one)
        dispute = await contested(one, known)
        await heard(one, dispute["id"])
        path = f"/disputes/{dispute['id']}/rule"
        answers = await asyncio.gather(
            one.post(DIRECTOR, path, ruling((THEIRS, "1"))),
            two.post(OTHER_DIRECTOR, path, ruling((MINE, "0.5"), (THEIRS, "0.5"), lead=MINE)),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        [lost] = [answer.json() for answer in answers if answer.status_code == 409]
        assert (lost["code"], lost["state"]) == ("wrong-state", "ruled")
        [won] = [answer.json() for answer in answers if answer.status_code == 200]
        [lead] = [share["org_id"] for share in won["award"] if share["lead"]]
        held = await pair.rows(
            f"SELECT org_id FROM claim WHERE customer_id = '{known['customer_id']}' AND state = 'live'"
        )
        assert [row["org_id"] for row in held] == [lead]
        assigned = await pair.rows(
            f"SELECT org_id FROM assignment WHERE customer_id = '{known['customer_id']}'"
        )
        assert [row["org_id"] for row in assigned] == [lead]
    await no_gaps(pair)


async def test_of_two_who_contest_one_line_at_once_one_dispute_comes(pair: Pair) -> None:
    one, two = pair.clients
    known = await registered(one)
    against = {"customer": known["customer_id"], "against": [THEIRS]}
    body = {"customer": known["customer"], "lines": known["lines"]}
    refused = await expect(two.post(RIVAL, "/declarations", body), 201)
    answers = await asyncio.gather(
        one.post(MANAGER, "/disputes", against),
        two.post(RIVAL, "/disputes", {"declaration_id": refused["id"]}),
        one.post(MANAGER, "/disputes", against),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    live = await pair.rows(
        f"SELECT line FROM dispute_line WHERE live AND customer_id = '{known['customer_id']}'"
    )
    assert [row["line"] for row in live] == [LINE]


async def test_a_ruling_and_a_withdrawal_at_once_do_not_both_happen(pair: Pair) -> None:
    clients = itertools.cycle(pair.clients)
    for _ in range(ROUNDS):
        known = await registered(next(clients))
        dispute = await contested(next(clients), known)
        await heard(next(clients), dispute["id"])
        path = f"/disputes/{dispute['id']}"
        answers = await asyncio.gather(
            next(clients).post(DIRECTOR, f"{path}/rule", ruling((THEIRS, "1"))),
            next(clients).post(RIVAL, f"{path}/withdraw", {"reason": "不再争议"}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
    await no_gaps(pair)


async def test_evidence_of_both_sides_at_once_is_all_there(pair: Pair) -> None:
    one, two = pair.clients
    dispute = await contested(one, await registered(one))
    path = f"/disputes/{dispute['id']}/evidence"
    answers = await asyncio.gather(
        *(
            client.post(head, path, {"text": f"证据 {number}"})
            for number, (client, head) in enumerate(itertools.product((one, two), (HEAD, RIVAL_HEAD)))
        )
    )
    assert {answer.status_code for answer in answers} == {201}
    filed = await pair.rows(
        f"SELECT org_id FROM dispute_evidence WHERE kind = 'filed' AND dispute_id = '{dispute['id']}'"
    )
    assert sorted(row["org_id"] for row in filed) == [MINE, MINE, THEIRS, THEIRS]
    await no_gaps(pair)
