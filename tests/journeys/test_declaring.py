"""Who gets a customer when several want it."""

import asyncio

import pytest

from deploy.instance import Instance
from support.players import REGISTRY, players


@pytest.mark.parametrize("attempt", range(3))
async def test_of_two_teams_that_declare_at_once_one_is_protected_and_the_other_is_told_why(
    services: Instance, attempt: int
) -> None:
    async with players(services) as people:
        firm = people.firm()
        teams = (people.cast.first_team, people.cast.second_team)
        answers = await asyncio.gather(*(people.declare(firm, team) for team in teams))
        states = sorted(answer["state"] for answer in answers)
        assert states in (["protected", "refused"], ["held", "protected"])
        winner = next(answer for answer in answers if answer["state"] == "protected")
        claims = await people.cast.officer.get(
            f"{REGISTRY}/claims?customer_id={winner['customer_id']}&state=live"
        )
        assert [claim["org_id"] for claim in claims.body["items"]] == [winner["org_id"]]


async def test_fifty_equal_posts_under_one_key_make_one_declaration(services: Instance) -> None:
    async with players(services) as people:
        team, firm = people.cast.first_team, people.firm()
        headers = {"Authorization": team.authorization, "Idempotency-Key": f"equal-{firm.credit_code}"}
        replies = await asyncio.gather(
            *(
                team.house.send("POST", f"{REGISTRY}/declarations", firm.declaration(), headers)
                for _ in range(50)
            )
        )
        assert {reply.status for reply in replies} == {201}
        assert len({reply.body["id"] for reply in replies}) == 1


async def test_a_refusal_names_the_holder_and_nothing_of_its_file(services: Instance) -> None:
    async with players(services) as people:
        firm = people.firm()
        await people.declare(firm)
        refused = await people.declare(firm, people.cast.second_team)
        assert refused["state"] == "refused"
        refusal = refused["refusal"]
        assert refusal["holder"]["org_id"] == people.cast.first_team.org_id
        assert set(refusal["holder"]) == {"org_id", "name"}
        assert "customer_id" not in refused
