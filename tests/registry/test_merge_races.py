"""Merges against declarations, withdrawals and other merges at one instant, in two processes of the registry."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from support.declarations import FORM, credit_code, declaration
from support.instance import Databases
from support.merging import WHY
from support.pair import Pair, two_registries
from support.registry import RIVAL, expect
from support.service import MANAGER, OFFICER, Client

ROUNDS = 12


@pytest_asyncio.fixture
async def pair(registry_databases: Databases) -> AsyncIterator[Pair]:
    """Two processes, the tree and staff planted through the first."""
    async with two_registries(registry_databases("registry")) as both:
        yield both


async def registered(client: Client, *lines: str) -> dict[str, Any]:
    body = declaration(*lines, annex_1={**FORM, "estimated_yearly_fees": "100.00"})
    filed = await expect(client.post(MANAGER, "/declarations", body), 201)
    path = f"/declarations/{filed['id']}/approve"
    answer: dict[str, Any] = await expect(
        client.post(OFFICER, path, {"manager_id": str(MANAGER.staff_id)}), 200
    )
    return answer


async def a_round(pair: Pair, *, undone: bool) -> list[int]:
    """Let a merge meet a second line, the withdrawal of the first, and the opposite merge; give all answers."""
    one, two = pair.clients
    survivor = await registered(one, "domestic-express")
    code = credit_code()
    merged = await expect(one.post(RIVAL, "/declarations", declaration("ceremonial", credit_code=code)), 201)
    there, here = survivor["customer_code"], merged["customer_id"]
    calls = [
        two.post(OFFICER, f"/customers/{there}/merge", {"merged": here, **WHY}),
        one.post(OFFICER, f"/customers/{there}/merge", {"merged": here, **WHY}),
        *(
            client.post(person, "/declarations", declaration(line, credit_code=code))
            for client, person, line in (
                (one, MANAGER, "express-freight"),
                (two, MANAGER, "intra-city-express"),
                (two, RIVAL, "integrated-logistics"),
            )
        ),
        two.post(RIVAL, f"/declarations/{merged['id']}/withdraw", {"reason": "撤回"}),
    ]
    if undone:
        calls.append(two.post(OFFICER, f"/customers/{here}/unmerge", {"reason": "核实为两家"}))
    answers = await asyncio.gather(*calls)
    return [answer.status_code for answer in answers]


async def test_nothing_is_held_of_a_merged_customer_whatever_met_the_merge(pair: Pair) -> None:
    answers = await asyncio.gather(*(a_round(pair, undone=place % 3 == 0) for place in range(ROUNDS)))
    assert {status for each in answers for status in each} <= {200, 201, 404, 409}
    merged = await pair.rows("SELECT count(*) AS n FROM customer_merge")
    assert merged[0]["n"] >= ROUNDS
    stray = await pair.rows(
        "SELECT k.claim_id FROM claim k JOIN customer c USING (customer_id) WHERE k.state = 'live' AND c.state = 'merged'"
    )
    assert stray == []
    doubled = await pair.rows(
        "SELECT customer_id, line FROM claim WHERE state = 'live' GROUP BY 1, 2 HAVING count(*) > 1"
    )
    assert doubled == []
    led = await pair.rows(
        "SELECT c.customer_id FROM customer c LEFT JOIN customer_alias a USING (customer_id)"
        " WHERE (c.state = 'merged') <> (a.survivor_id IS NOT NULL)"
    )
    assert led == []
    gaps = await pair.rows(
        "SELECT aggregate FROM (SELECT aggregate, version FROM outbox UNION ALL SELECT aggregate, version FROM event_log)"
        " told GROUP BY 1 HAVING max(version) <> count(*) OR min(version) <> 1"
    )
    assert gaps == []
